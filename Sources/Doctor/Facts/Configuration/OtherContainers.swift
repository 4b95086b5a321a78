internal import Linux
internal import UserFiles

/// A NIC of another container of the same user, as far as its own file sets it: included files are
/// not read.
struct OtherNIC: Equatable, Sendable {
    let container: UntrustedText
    let nic: ContainerNIC

    /// How many other containers are compared.
    private static let maxContainers = 50

    /// The NICs with addresses of their own; empty if this container sets none.
    static func observe(
        _ config: ContainerConfig, besides container: UntrustedText,
        from files: inout some FileReader
    ) -> [OtherNIC] {
        guard config.nics.contains(where: { !$0.fixedAddresses.isEmpty }) else { return [] }
        let names = ((try? files.names(in: config.directory)) ?? nil) ?? []
        var others: [OtherNIC] = []
        for name in names.filter({ $0 != container.bytes && $0.first != 0x2e })
            .prefix(maxContainers)
        {
            let name = UntrustedText(name)
            let path = config.directory.appending("/").appending(name).appending("/config")
            guard let bytes = (try? files.contents(of: path)) ?? nil else { continue }
            var other = ContainerConfig(path: path)
            ConfigLine.forEach(in: bytes) { line, number in
                if case .setting(let key, _) = line, key.starts(with: "lxc.net.".utf8) {
                    other.apply(line, at: ConfigPlace(file: path, line: number))
                }
                return true
            }
            others += other.nics.filter { !$0.fixedAddresses.isEmpty }
                .map { OtherNIC(container: name, nic: $0) }
        }
        return others
    }
}

extension ContainerNIC {
    /// The settings that give the NIC addresses of its own.
    fileprivate var fixedAddresses: [ConfigSetting] {
        let hardware = setting("hwaddr").map { [$0] } ?? []
        return all("ipv4.address")
            + hardware.filter { setting in
                // LXC replaces each x with a random digit.
                !setting.value.bytes.contains { $0 | 0x20 == 0x78 }
            }
    }

    /// A setting of this NIC that has the same address as one of the other NIC on the same bridge.
    func sameAddress(as other: ContainerNIC) -> ConfigSetting? {
        guard link == other.link else { return nil }
        func address(_ setting: ConfigSetting) -> [UInt8] {
            setting.value.bytes.prefix { $0 != 0x2f && $0 != 0x20 }.map { byte in
                (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            }
        }
        let taken = other.fixedAddresses.map { address($0) }
        return fixedAddresses.first { taken.contains(address($0)) }
    }
}
