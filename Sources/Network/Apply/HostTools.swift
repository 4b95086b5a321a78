package import Linux
internal import Netlink

/// The netlink socket and the programs that observe and change the host.
package struct HostTools: ~Copyable {
    let socket: RouteSocket

    package static func open() throws(Failure) -> HostTools {
        do { return HostTools(socket: try RouteSocket.connect()) } catch {
            throw Failure("\(error)")
        }
    }

    // Searched for at each use: programs can be installed or removed while the service runs.
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

    /// Runs a program, and returns its output.
    /// - Parameter meanwhile: what to do after the program has started, before waiting for it.
    /// - Throws: if it fails, an error with what it printed on standard error.
    static func run(
        _ program: ExternalProgram, _ arguments: [String], input: String = "",
        atMost milliseconds: Int32 = ExternalProgram.timeLimit, meanwhile: () -> Void = {}
    ) throws(Failure) -> String {
        let outcome: ExternalProgram.Outcome
        do {
            outcome = try program.run(
                arguments, input: Array(input.utf8), atMost: milliseconds, meanwhile: meanwhile)
        } catch {
            throw Failure("cannot run \(program.path): \(error)")
        }
        guard !outcome.exceededTimeLimit else {
            throw Failure(
                "\(program.path) did not finish within \(milliseconds / 1000) s and was "
                    + "terminated: find out what it waits for")
        }
        guard outcome.status == 0 else {
            let message = outcome.errorOutput.map { $0 == 0x0a ? 0x20 : $0 }
            throw Failure(
                "\(program.path) "
                    + (outcome.status.map { "failed with status \($0)" }
                        ?? "was terminated by a signal")
                    + (message.isEmpty ? "" : ": \(printable(message, limit: 400))"))
        }
        return String(decoding: outcome.output, as: UTF8.self)
    }

    /// The features of dnsmasq; those of a recent version if it is not installed.
    borrowing func dnsmasqFeatures() -> DnsmasqFeatures {
        // The dnsmasq of a distribution is smaller than 1 MiB.
        guard let path = dnsmasq?.path,
            let program = try? SmallFile.start(of: path, atMost: 8 << 20)
        else { return DnsmasqFeatures() }
        return DnsmasqFeatures(program: program)
    }

    /// Looks up the index when it is needed: after an earlier lookup, the name may belong to
    /// another interface.
    borrowing func index(of name: InterfaceName) throws(Failure) -> InterfaceIndex {
        let link: Interface?
        do { link = try socket.interface(named: name) } catch { throw Failure("\(error)") }
        guard let link else { throw Failure("\(name) no longer exists") }
        return link.index
    }
}
