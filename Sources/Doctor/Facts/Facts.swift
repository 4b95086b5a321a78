internal import Linux

/// What was seen of the host and of one user, before anything is judged.
package struct Facts: Sendable {
    var subject: TargetUser
    var asker: Requester
    var installation: InstallationFacts
    var kernel: KernelFacts
    var mappingPrograms: [ProgramFacts]
    var helpers: [ProgramFacts]
    var config: ContainerConfig
    var subordinate: SubordinateFacts
    var way: SearchPermissionFacts
    var usernet: UsernetFacts
    var network: NetworkFacts
    var cgroups: CgroupFacts
    var session: SessionFacts?
    var appArmor: AppArmorFacts

    var isSelf: Bool { subject.user == asker.user }
}

extension Facts {
    /// Looks, and changes nothing.
    package static func observe(
        _ subject: TargetUser, for asker: Requester, on host: borrowing HostSnapshot
    ) -> Facts {
        let config = ContainerConfig.read(of: subject)
        return Facts(
            subject: subject, asker: asker, installation: host.installation, kernel: host.kernel,
            mappingPrograms: host.mappingPrograms, helpers: host.helpers, config: config,
            subordinate: host.subordinate,
            way: SearchPermissionFacts.observe(to: config, of: subject),
            usernet: UsernetFacts.observe(subject, config, host.interfaces),
            network: host.network,
            cgroups: CgroupFacts.observe(subject, asker),
            session: subject.user == asker.user ? SessionFacts.observe(asker) : nil,
            appArmor: .observe(
                config, of: subject, isOn: host.hasAppArmor, loaded: host.appArmorProfiles))
    }
}

/// What is the same for every user of the host, looked at once.
package struct HostSnapshot: Sendable {
    let installation: InstallationFacts
    let kernel: KernelFacts
    let mappingPrograms: [ProgramFacts]
    let helpers: [ProgramFacts]
    let subordinate: SubordinateFacts
    let interfaces: [InterfaceFacts]
    let network: NetworkFacts
    let hasAppArmor: Bool
    let appArmorProfiles: [String]?

    package static func observe(for asker: Requester) -> HostSnapshot {
        let interfaces = InterfaceFacts.observe()
        return HostSnapshot(
            installation: .observe(), kernel: .observe(),
            mappingPrograms: ["newuidmap", "newgidmap"].map { ProgramFacts.named($0) },
            helpers: ProgramFacts.helpers(), subordinate: .observe(), interfaces: interfaces,
            network: .observe(isRoot: asker.isRoot, interfaces),
            hasAppArmor: kernelSetting("/sys/module/apparmor/parameters/enabled") == "Y",
            appArmorProfiles: AppArmorFacts.loadedProfiles())
    }
}

/// A file of the kernel's, without its newline; `nil` if it is not there or not to be read.
func kernelSetting(_ path: String) -> String? {
    guard let bytes = (try? SmallFile.contents(of: path)) ?? nil else { return nil }
    return String(decoding: bytes.filter { $0 != 0x0a }, as: UTF8.self)
}
