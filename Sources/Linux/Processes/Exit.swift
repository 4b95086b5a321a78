internal import CLinux

/// Exits. No other function ends the program.
package func exitProcess(status: Int32) -> Never { exit(status) }
