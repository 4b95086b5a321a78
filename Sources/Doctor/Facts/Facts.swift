internal import Linux
internal import Network
internal import UserFiles

/// The observed state of the host and of one user. Checks use nothing else.
package struct Facts: Sendable {
    package internal(set) var target: TargetUser
    var requester: Requester
    var installation: InstallationFacts
    var kernel: KernelFacts
    var mappingPrograms: [ProgramFacts]
    var helpers: [ProgramFacts]
    var accounts = AccountFacts()
    var lxcStart: ProgramFacts?
    var devices: [DeviceFacts] = []
    var config: ContainerConfig
    var subordinate: SubuidFacts
    var searchPermission: SearchPermissionFacts
    var usernet: UsernetFacts
    var network: HostNetworkStatus
    var packetPath: PacketPathFacts
    /// The names in the directory of the user's containers; `nil` if it cannot be read.
    var containers: [UntrustedText]?
    /// `nil` unless a container is examined.
    var resolver: ResolverFacts?
    var cgroups: CgroupFacts
    /// `nil` unless the requester is the examined user.
    var session: SessionFacts?
    var appArmor: AppArmorFacts
    /// The files that the container's configuration names; empty without a container.
    var files = ContainerFilesFacts()
    /// `nil` for root's containers.
    var lock: LockFacts?
    /// All names of the user's ID in `/etc/passwd`. Programs use the first.
    var accountNames: [UntrustedText] = []
    var mounts = HostMounts()
    var namespaces = SessionNamespaces()
    var systemFiles: [SystemFileFacts] = []
    var textFaults: [TextFault] = []
    /// The settings of `lxc.sysctl` that this kernel does not have.
    var missingSysctls: [ConfigSetting] = []
    /// The containers of the user that run, as far as `lxc.namespace.share` names them.
    var runningContainers: [UntrustedText] = []
}

extension Facts {
    /// Observes these users, and changes nothing.
    package static func observe(
        _ targets: [TargetUser], on host: borrowing HostSnapshot
    ) -> [Facts] {
        func session(_ target: TargetUser) -> SessionEnvironment {
            target.user == host.requester.user
                ? host.requester.environment : SessionEnvironment()
        }
        let jobs = targets.map { UserFilesQuery.facts($0, session($0)).job }
        var all: [Facts] = []
        for (target, files) in zip(targets, ReaderProcess.run(jobs)) {
            var files = files
            let user = UserFacts.observe(target, session(target), from: &files)
            all.append(observe(target, user, on: host))
        }
        return all
    }

    private static func observe(
        _ target: TargetUser, _ user: UserFacts, on host: borrowing HostSnapshot
    ) -> Facts {
        let config = user.config
        var usernet = host.usernet
        var cgroups = host.cgroups
        let credentials = Credentials(user: target.user, groups: target.groups)
        var matcher: OwnerMatcher?
        do throws(Errno) {
            matcher = try OwnerMatcher(credentials)
        } catch { cgroups.line = .unknown("accounts cannot be looked up: \(error)") }
        usernet.readQuotas(on: config.bridges, of: &matcher, host)
        cgroups.observe(target, &matcher, host)
        cgroups.hasUserManager = user.hasUserManager
        return Facts(
            target: target, requester: host.requester, installation: host.installation,
            kernel: host.kernel, mappingPrograms: host.mappingPrograms, helpers: host.helpers,
            accounts: .observe(credentials, host.accountHelper), lxcStart: host.lxcStart,
            devices: host.devices, config: config,
            subordinate: host.subordinate,
            searchPermission: user.searchPermission, usernet: usernet,
            network: host.network, packetPath: host.packetPath, containers: user.containers,
            resolver: user.resolver, cgroups: cgroups,
            session: target.user == host.requester.user
                ? .observe(host.requester, target, user, host.policies) : nil,
            appArmor: .observe(
                config, initTarget: user.files.initPath, isEnabled: host.hasAppArmor,
                loaded: host.appArmorProfiles),
            files: user.files, lock: user.lock, accountNames: host.accountNames(of: target.user),
            mounts: host.mounts, namespaces: host.namespaces, systemFiles: host.systemFiles,
            textFaults: host.textFaults,
            missingSysctls: KernelFacts.missing(config.all("lxc.sysctl")),
            runningContainers: RunningContainers.among(
                config.all("lxc.namespace.share").map(\.value), in: config.directory))
    }
}
