internal import Cgroups
internal import HostPaths
internal import Linux
internal import Network
internal import Usernet

/// Facts that are the same for all users, observed once for one run of `berth doctor`.
package struct HostSnapshot: ~Copyable {
    let requester: Requester
    package let policies: PolicyFiles
    let installation: InstallationFacts
    let kernel: KernelFacts
    let mappingPrograms: [ProgramFacts]
    let helpers: [ProgramFacts]
    let accountHelper: AccountFacts.Helper?
    /// `nil` if LXC is not installed.
    let lxcStart: ProgramFacts?
    let devices: [DeviceFacts]
    let subordinate: SubuidFacts
    let interfaces: [InterfaceFacts]
    let network: HostNetworkStatus
    let packetPath: PacketPathFacts
    let usernetFile: UsernetFile
    /// `nil` where only root may read it.
    let ledger: Ledger?
    /// Without the quotas of a user.
    let usernet: UsernetFacts
    /// `nil` where cgroups cannot be used.
    let hierarchy: UnifiedHierarchy?
    /// Without the parts that depend on a user.
    let cgroups: CgroupFacts
    let hasAppArmor: Bool
    /// `nil` where the requester may not read the list.
    let appArmorProfiles: [String]?
    let mounts: HostMounts
    let namespaces: SessionNamespaces
    let systemFiles: [SystemFileFacts]
    /// Of the files that only root changes.
    let textFaults: [TextFault]
    /// The contents of `/etc/passwd`.
    let accounts: [UInt8]

    /// - Parameter probes: whether to send packets to the other hosts of tunnels.
    package static func observe(
        for requester: Requester, probes: Bool = false
    ) -> HostSnapshot {
        let policies = PolicyFiles.read()
        let network = HostNetworkStatus.observe(countsDrops: true, withOVN: true)
        let usernetFile = UsernetFile(policies.usernet.bytes)
        var cgroups = CgroupFacts(policy: policies.usercgroup)
        let hierarchy = cgroups.observeHierarchy()
        let ledgerBytes = try? SmallFile.contents(of: Paths.ledger) ?? []
        let ledger = ledgerBytes.map { Ledger($0) }
        let path = PacketPathFacts.observe(
            network, ledger, cgroupMount: cgroups.lookupError == nil ? cgroups.mount : nil,
            probesPeers: probes)
        let hasRates =
            Linux.firstIndex(of: Array(" rate=".utf8), in: policies.usernet.bytes, from: 0) != nil
        let installation = InstallationFacts.observe(
            network, path, ledger: ledgerBytes, limits: hasRates)
        let helpers = ProgramFacts.helpers(at: installation.lxcHelper)
        return HostSnapshot(
            requester: requester, policies: policies, installation: installation,
            kernel: .observe(),
            mappingPrograms: ["newuidmap", "newgidmap"].map { ProgramFacts.named($0) },
            helpers: helpers, accountHelper: AccountFacts.Helper(among: helpers),
            lxcStart: installation.lxcStart.map { ProgramFacts.at([$0], "lxc-start") },
            devices: DeviceFacts.all(),
            subordinate: .observe(policies),
            interfaces: InterfaceFacts.all(of: network), network: network,
            packetPath: path, usernetFile: usernetFile,
            ledger: ledger,
            usernet: UsernetFacts(policies.usernet, usernetFile), hierarchy: hierarchy,
            cgroups: cgroups,
            hasAppArmor: kernelSetting("/sys/module/apparmor/parameters/enabled") == "Y",
            appArmorProfiles: AppArmorFacts.loadedProfiles(), mounts: .observe(),
            namespaces: .observe(), systemFiles: SystemFileFacts.all(),
            textFaults: textFaults(policies, network),
            accounts: contents(of: "/etc/passwd"))
    }

    private static func textFaults(
        _ policies: PolicyFiles, _ network: HostNetworkStatus
    ) -> [TextFault] {
        let settings = Set(
            network.configured.compactMap(\.settingsFile)
                + Paths.settingsDirectories.flatMap { ["\($0)/lxc", "\($0)/lxc-net"] })
        return TextFault.all(in: Paths.usernet, policies.usernet.bytes)
            + TextFault.all(in: Paths.usercgroup, policies.usercgroup.bytes)
            + TextFault.all(in: SubuidFacts.file(.users), policies.subuid)
            + TextFault.all(in: SubuidFacts.file(.groups), policies.subgid)
            + settings.sorted().flatMap { TextFault.all(in: $0, contents(of: $0)) }
    }

    func accountNames(of user: UserID) -> [UntrustedText] {
        let number = Array("\(user.number)".utf8)
        return Lines(bytes: accounts).compactMap { line in
            let fields = accounts[line].split(separator: 0x3a, omittingEmptySubsequences: false)
            return fields.count > 3 && fields[2].elementsEqual(number)
                ? UntrustedText(fields[0]) : nil
        }
    }
}
