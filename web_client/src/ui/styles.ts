/** The tokens and components that pages and hall share, then what only the hall has. */
import.meta.glob("./css/*.css", { eager: true });
import "./hall.css";
