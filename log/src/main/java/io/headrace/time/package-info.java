/// Time as the rest of the house sees it, so that a test or the simulator can own it.
package io.headrace.time;
