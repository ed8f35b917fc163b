/** First script of the page: the worker is started, then the page is fetched. */
import { startEarly } from "../session/early-worker";

startEarly();
void import("./main");
