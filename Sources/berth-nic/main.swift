import Linux
import NIC
import SecureStart

// The setuid root helper that lxc-start runs to create an unprivileged container's NIC. Exit status
// 0: done, with a line on standard output; 1: refused or failed, with a line on standard error.

// ovs-vsctl writes the name of its parent process to its database. The caller chose it, and it can
// be 128 KiB long.
SecureStart.replaceName(with: "berth-nic")

do throws(Refusal) {
    try Helper.run { SecureStart.arguments }
    exitProcess(status: 0)
} catch {
    // Standard error is a descriptor that the caller chose: root must not write to it.
    guard RootPrivilege.dropAll() else { exitProcess(status: 1) }
    try? OutputLine.error("berth-nic: \(error.description)")
    exitProcess(status: 1)
}
