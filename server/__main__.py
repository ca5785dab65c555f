from carrel.server.cli import main

main()
