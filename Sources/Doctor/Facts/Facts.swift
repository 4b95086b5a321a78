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
