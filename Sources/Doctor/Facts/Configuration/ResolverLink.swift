internal import Linux
internal import UserFiles

/// A container's `/etc/resolv.conf` that is a symbolic link, and leads to no file while the
/// container is not running.
struct ResolverLink: Equatable, Sendable {
    /// The link, on the host.
    let path: UntrustedText
    /// Where it leads, in the container.
    let target: UntrustedText
    /// The program that creates the file at run time; `nil` if none is known.
    var maker: String?
    /// Whether that program is installed in the container; `nil` if that is not known.
    var hasMaker: Bool?

    /// The directories in `/run` that contain a resolv.conf, and the programs that write it.
    private static let makers = [
        "systemd": "systemd-resolved", "resolvconf": "resolvconf",
        "NetworkManager": "NetworkManager", "connman": "connmand", "netconfig": "netconfig",
    ]

    /// - Parameter initProgram: the container's init: only systemd starts systemd-resolved.
    static func observe(
        _ initProgram: ContainerProgram?, in root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> ResolverLink? {
        guard let layer = root.layers.last else { return nil }
        let result = root.find("/etc/resolv.conf", &cache, from: &files)
        guard result.found == .missing, result.isLink else { return nil }
        var link = ResolverLink(
            path: layer.appending("/etc/resolv.conf"), target: result.path)
        var parts = RootFileSystem.names(in: result.path).map {
            String(decoding: $0, as: UTF8.self)
        }
        if parts.first == "var" { parts.removeFirst() }
        guard parts.first == "run" else { return link }
        guard parts.count > 1, let maker = makers[parts[1]] else { return nil }
        link.maker = maker
        if maker == "systemd-resolved", let program = initProgram?.result,
            case .file = program.found, program.path.lastComponent != "systemd"
        {
            link.hasMaker = false
            return link
        }
        let found =
            ["/usr/lib/systemd/", "/lib/systemd/"].map {
                root.exists(UntrustedText("\($0)\(maker)"), &cache, from: &files)
            } + [root.hasProgram(maker, &cache, from: &files)]
        link.hasMaker = found.contains(true) ? true : found.contains(nil) ? nil : false
        return link
    }
}
