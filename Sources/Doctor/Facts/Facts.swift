internal import Linux
internal import Network

/// The observed state of the host and of one user, which is all that checks use.
package struct Facts: Sendable {
    var target: TargetUser
    var requester: Requester
    var installation: InstallationFacts
    var kernel: KernelFacts
    var mappingPrograms: [ProgramFacts]
    var helpers: [ProgramFacts]
    var config: ContainerConfig
    var subordinate: SubuidFacts
    var searchPermission: SearchPermissionFacts
    var usernet: UsernetFacts
    var network: HostNetworkStatus
    var cgroups: CgroupFacts
    /// `nil` unless the requester is the examined user.
    var session: SessionFacts?
    var appArmor: AppArmorFacts
}

extension Facts {
    /// Observes one user, and changes nothing.
    package static func observe(
        _ target: TargetUser, on host: borrowing HostSnapshot
    ) -> Facts {
        let config = ContainerConfig.read(of: target)
        var usernet = host.usernet
        var cgroups = host.cgroups
        var matcher: OwnerMatcher?
        do throws(Errno) {
            matcher = try OwnerMatcher(Credentials(user: target.user, groups: target.groups))
        } catch { cgroups.line = .unknown("accounts cannot be looked up: \(error)") }
        usernet.readQuotas(on: config.bridges, of: &matcher, host)
        cgroups.observe(target, &matcher, host)
        return Facts(
            target: target, requester: host.requester, installation: host.installation,
            kernel: host.kernel, mappingPrograms: host.mappingPrograms, helpers: host.helpers,
            config: config, subordinate: host.subordinate,
            searchPermission: .observe(to: config, of: target), usernet: usernet,
            network: host.network, cgroups: cgroups,
            session: target.user == host.requester.user ? .observe(host.requester) : nil,
            appArmor: .observe(
                config, of: target, isEnabled: host.hasAppArmor, loaded: host.appArmorProfiles))
    }
}
