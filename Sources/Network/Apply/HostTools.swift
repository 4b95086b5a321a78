internal import Linux
internal import Netlink

/// What did not work, in a sentence for people.
package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// The tools with which this host is looked at and changed.
package struct HostTools: ~Copyable {
    let socket: RouteSocket

    package static func open() throws(Failure) -> HostTools {
        do { return HostTools(socket: try RouteSocket.connect()) } catch {
            throw Failure("\(error)")
        }
    }

    // Looked for whenever they are needed: the service may run for months, and what is missing be
    // installed meanwhile.
    var nft: ExternalProgram? { ExternalProgram(named: "nft") }
    var dnsmasq: ExternalProgram? { ExternalProgram(named: "dnsmasq") }
    var iptables: [IptablesDialect.Family: (save: ExternalProgram, restore: ExternalProgram)] {
        var found: [IptablesDialect.Family: (save: ExternalProgram, restore: ExternalProgram)] = [:]
        for family in IptablesDialect.Family.allCases {
            guard let save = ExternalProgram(named: "\(family.rawValue)-save"),
                let restore = ExternalProgram(named: "\(family.rawValue)-restore")
            else { continue }
            found[family] = (save, restore)
        }
        return found
    }

    /// Runs a program that must succeed.
    static func run(
        _ program: ExternalProgram, _ arguments: [String], input: String = ""
    ) throws(Failure) -> String {
        let outcome: ExternalProgram.Outcome
        do { outcome = try program.run(arguments, input: Array(input.utf8)) } catch {
            throw Failure("cannot run \(program.path): \(error)")
        }
        guard outcome.status == 0 else {
            let said = outcome.complaints.map { $0 == 0x0a ? 0x20 : $0 }
            throw Failure(
                "\(program.path) "
                    + (outcome.status.map { "failed with status \($0)" } ?? "was ended by a signal")
                    + (said.isEmpty ? "" : ": \(printable(said, limit: 400))"))
        }
        return String(decoding: outcome.output, as: UTF8.self)
    }

    /// A name resolved at the moment of use, so that nothing is done to what took the place.
    borrowing func index(of name: InterfaceName) throws(Failure) -> InterfaceIndex {
        let link: Link?
        do { link = try socket.link(named: name) } catch { throw Failure("\(error)") }
        guard let link else { throw Failure("\(name) is not there any more") }
        return link.index
    }
}
