import Linux
import NIC
import SecureStart

// The setuid root helper that lxc-start runs to give an unprivileged user's container a NIC. Exit
// status 0: done; one line on standard output says what. 1: refused or failed; one line on standard
// error says why.

do throws(Refusal) {
    try Helper.run { SecureStart.arguments }
    leave(true)
} catch {
    // Standard error is a descriptor that the caller chose: root must not write to it.
    guard RootPrivilege.dropAll() else { leave(false) }
    try? OutputLine.error("berth-nic: \(error.description)")
    leave(false)
}
