/** The tokens and components that pages and hall share, then what only the hall has. */
import.meta.glob("./css/*.css", { eager: true });
import "./hall_css/ground.css";
import "./hall_css/bar.css";
import "./hall_css/dock.css";
import "./hall_css/sheets.css";
import "./hall_css/chat.css";
import "./hall_css/people.css";
import "./hall_css/small_panels.css";
import "./hall_css/book_card.css";
import "./hall_css/map_and_notices.css";
import "./hall_css/first_minute.css";
import "./hall_css/things_near.css";
import "./hall_css/entrance.css";
import "./hall_css/look.css";
import "./hall_css/start_and_end.css";
import "./hall_css/arrange.css";
import "./hall_css/narrow.css";
