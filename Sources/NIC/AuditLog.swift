internal import Linux
internal import Netlink
internal import Usernet

/// The lines of berth-nic in the system's log (facility authpriv): one for each NIC that it
/// creates, refuses or deletes.
///
/// The line about a NIC is sent before it is created or deleted, because the user can kill this
/// process at any time. Sending never waits: see ``Syslog/send(_:as:)``. Each value is one word
/// without blanks, so no name can look like another field.
struct AuditLog {
    private let subject: String

    init(
        user: UserID, userName: String? = nil, _ container: ContainerName, _ bridge: UsernetBridge
    ) {
        let path = UntrustedText(container.lxcPath).escaped(upTo: 255)
        let name = UntrustedText(container.name).escaped(upTo: 255)
        subject =
            "uid=\(user.number)" + (userName.map { " user=\($0)" } ?? "")
            + " container=\(name) lxcpath=\(path) bridge=\(bridge)"
    }

    /// - Parameter label: the NIC's label, in printable ASCII.
    func creates(
        _ pair: VethPair, label: String, chargedTo line: Int, used: Int, allowed: Int
    ) {
        let address = pair.containerAddress?.description ?? "random"
        send(
            "create",
            "interface=\(pair.host) nic=\(label) address=\(address) line=\(line) used=\(used) "
                + "allowed=\(allowed)")
    }

    func deletes(_ nic: InterfaceName) { send("delete", "interface=\(nic)") }

    func refuses(_ reason: Refusal) { send("refuse", "reason: \(reason)") }

    private func send(_ verb: String, _ rest: String) {
        Syslog.send("\(verb) \(subject) \(rest)", as: "berth-nic")
    }
}
