/* Empty: the definitions replace those of the C library. */
