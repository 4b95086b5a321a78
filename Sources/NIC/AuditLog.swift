internal import Linux
internal import Netlink
internal import Usernet

/// The lines of berth-nic in the system's log (syslog(3), facility authpriv): one for each NIC that
/// it creates, refuses or deletes.
///
/// The line about a NIC is sent before it is created or deleted, because the user can kill this
/// process at any time. Sending never waits: see ``SyslogConnection``. Each value but the reason is
/// one word, so no name can look like another field. Words that the user can make long follow those
/// that matter, because receivers cut a line, usually at 1024 bytes.
struct AuditLog {
    private let connection: SyslogConnection
    private let subject: String
    private let container: String

    init(
        _ connection: SyslogConnection, user: UserID, userName: String? = nil,
        _ container: ContainerName, _ bridge: UsernetBridge
    ) {
        self.connection = connection
        subject =
            "uid=\(user.number)" + (userName.map { " user=\($0)" } ?? "") + " bridge=\(bridge)"
        let path = UntrustedText(container.lxcPath).escaped(upTo: 255)
        let name = UntrustedText(container.name).escaped(upTo: 255)
        self.container = "container=\(name) lxcpath=\(path)"
    }

    /// - Parameter label: the NIC's label, in printable ASCII.
    func creates(
        _ pair: VethPair, label: String, chargedTo line: Int, used: Int, allowed: Int
    ) {
        let address = pair.containerAddress?.description ?? "random"
        connection.send(
            "create \(subject) interface=\(pair.host) address=\(address) line=\(line) used=\(used) "
                + "allowed=\(allowed) \(container) nic=\(label)")
    }

    func deletes(_ nic: InterfaceName) {
        connection.send("delete \(subject) interface=\(nic) \(container)")
    }

    func refuses(_ reason: Refusal) {
        connection.send("refuse \(subject) \(container) reason: \(reason)")
    }
}
