internal import Linux
internal import UserFiles

/// The `/etc/resolv.conf` of a container, read in its root directory with the rights of the user.
struct ResolverFacts: Equatable, Sendable {
    let path: UntrustedText
    /// As text, at most three.
    var servers: [String] = []
    /// Whether the file exists and is not a symbolic link. A link usually leads into `/run`, which
    /// only the running container has.
    var isFile = false
    /// Whether systemd-resolved is installed in the container.
    var hasResolved = false

    /// - Parameter root: the root directory of the container.
    static func observe(
        in root: UntrustedText, from files: inout some FileReader
    ) -> ResolverFacts {
        var facts = ResolverFacts(path: root.appending("/etc/resolv.conf"))
        // A target would lead out of the container.
        if ((try? files.target(of: facts.path)) ?? nil) != nil { return facts }
        guard let bytes = (try? files.contents(of: facts.path)) ?? nil else { return facts }
        facts.isFile = true
        facts.servers = NameServerFacts.addresses(in: bytes).map(\.text)
        let programs: [UntrustedText] = [
            "/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved",
        ]
        for program in programs where !facts.hasResolved {
            facts.hasResolved = ((try? files.attributes(of: root.appending(program))) ?? nil) != nil
        }
        return facts
    }
}
