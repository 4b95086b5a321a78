internal import CLinux

/// Exits. No other function ends a program that starts with root's privileges.
package func exitProcess(status: Int32) -> Never { exit(status) }
