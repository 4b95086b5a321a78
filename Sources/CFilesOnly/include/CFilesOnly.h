/* Empty: the constructor needs no caller. */
