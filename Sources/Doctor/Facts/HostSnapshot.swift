internal import Linux

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
