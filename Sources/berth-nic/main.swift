import CSecureStart
import Linux
import NIC

// The helper that lxc-start runs, as root by its setuid bit, to give a container of its user a NIC.
// Exit status 0: done, and its one line says what; 1: refused or failed, and its one line says why.

do throws(Refusal) {
    try Helper.run {
        (1..<max(1, secure_start_argument_count())).map { index in
            (0..<secure_start_argument_length(index)).map { secure_start_argument_byte(index, $0) }
        }
    }
    leave(true)
} catch {
    try? OutputLine.error("berth-nic: \(error.description)")
    leave(false)
}
