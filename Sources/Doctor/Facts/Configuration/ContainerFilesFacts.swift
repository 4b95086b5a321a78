internal import Linux
internal import UserFiles

/// The files that a container's configuration names, as its user sees them.
struct ContainerFilesFacts: Equatable, Sendable {
    var rootfs = RootfsFacts()
    var boot = BootFacts()
    var network = ContainerNetworkFacts()
    /// `nil` unless the container's `/etc/resolv.conf` is a link that leads to no file.
    var resolverLink: ResolverLink?
    var mounts: [MountFacts] = []
    var hooks: [HookFacts] = []
    var named: [NamedFileFacts] = []
    /// NICs of the user's other containers.
    var otherNICs: [OtherNIC] = []
    /// The file that LXC keeps while it creates the container, if it exists.
    var partial: UntrustedText?

    static func observe(
        _ config: ContainerConfig, of container: UntrustedText, from files: inout some FileReader
    ) -> ContainerFilesFacts {
        var cache = PathCache()
        var root = RootFileSystem(layers: config.rootfs?.layers ?? [])
        var facts = ContainerFilesFacts()
        facts.mounts = MountFacts.observe(config, of: container, root, &cache, from: &files)
        root.mountPoints = MountFacts.mountPoints(facts.mounts, config, of: container)
        facts.rootfs = .observe(config, root, &cache, from: &files)
        facts.hooks = HookFacts.observe(config, root, &cache, from: &files)
        facts.named = NamedFileFacts.observe(config, &cache, from: &files)
        facts.otherNICs = OtherNIC.observe(config, besides: container, from: &files)
        let partial = config.directory.appending("/").appending(container).appending("/partial")
        if cache.status(of: partial, from: &files).exists { facts.partial = partial }
        facts.boot = .observe(facts.rootfs.initProgram, in: root, &cache, from: &files)
        facts.network = .observe(facts.boot, in: root, &cache, from: &files)
        facts.resolverLink = .observe(
            facts.rootfs.initProgram, in: root, &cache, from: &files)
        facts.rootfs.samples = root.samples(&cache, from: &files)
        return facts
    }

    /// The path of the container's init without symbolic links; `nil` if it is not known.
    var initPath: [UInt8]? {
        guard let result = rootfs.initProgram?.result, case .file = result.found else { return nil }
        return result.path.bytes
    }
}
