internal import CLinux

/// Exits (exit(3)). The setuid programs exit only through this function.
package func exitProcess(status: Int32) -> Never { exit(status) }
