/** Before each file of unit tests: properties draw their cases from the run's seed. */
import fc from "fast-check";
import { seed } from "./seed.mjs";

fc.configureGlobal({ seed });
