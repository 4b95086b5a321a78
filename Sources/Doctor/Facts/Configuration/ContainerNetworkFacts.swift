internal import Linux
internal import UserFiles

/// The interfaces that the container's own files set up.
struct ContainerNetworkFacts: Equatable, Sendable {
    /// An interface, and the line that names it.
    struct Name: Equatable, Sendable {
        /// Can be a pattern like those of a shell.
        let name: UntrustedText
        let place: ConfigPlace
    }

    /// A line that runs udhcpc(8) of busybox, which needs a script to set what it has received.
    struct Client: Equatable, Sendable {
        let interface: UntrustedText
        let place: ConfigPlace
        /// The script that the line names; `nil` for the standard one.
        var script: UntrustedText?
        var hasScript: Bool?
        /// The script, if it was found.
        var program: ContainerProgram?
    }

    /// An IPv4 address that the container's files give an interface or its router.
    struct StaticAddress: Equatable, Sendable {
        let interface: UntrustedText
        let isRouter: Bool
        /// 4 bytes.
        let address: [UInt8]
        let place: ConfigPlace

        /// - Parameter text: the address, which a prefix length may follow.
        init?(
            of interface: UntrustedText?, isRouter: Bool, _ text: ArraySlice<UInt8>,
            _ place: ConfigPlace
        ) {
            let number = text.prefix { $0 != 0x2f }
            guard let interface,
                let address = AddressText.version4(String(decoding: number, as: UTF8.self))
            else { return nil }
            (self.interface, self.isRouter) = (interface, isRouter)
            (self.address, self.place) = (address, place)
        }
    }

    /// The first ``ContainerConfig/maxEntries``.
    var staticAddresses: [StaticAddress] = []
    /// The first ``ContainerConfig/maxEntries``.
    var names: [Name] = []
    /// Whether a program sets up interfaces of any name, or may do so.
    var includesAny = false
    var clients: [Client] = []
    /// The first line of interfaces(5) that uses DHCP.
    var dynamic: ConfigPlace?
    /// Whether a DHCP client that ifup(8) can run is installed; `nil` if that is not known.
    var hasClient: Bool?

    /// The standard scripts of udhcpc. Which one it runs depends on how it was built.
    static let scripts: [UntrustedText] = [
        "/etc/udhcpc/default.script", "/usr/share/udhcpc/default.script",
    ]

    /// - Parameter boot: what the container's init starts.
    static func observe(
        _ boot: BootFacts, in root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> ContainerNetworkFacts {
        var facts = ContainerNetworkFacts()
        guard !root.layers.isEmpty else { return facts }
        // These programs set up every interface, unless they are told otherwise.
        for path: UntrustedText in [
            "/etc/NetworkManager", "/etc/dhcpcd.conf", "/var/lib/connman",
        ] where root.exists(path, &cache, from: &files) != false {
            facts.includesAny = true
        }
        facts.readInterfaces(root, &cache, from: &files)
        facts.readNetworkd(root, &cache, from: &files)
        facts.readNetplan(root, &cache, from: &files)
        facts.readNames(root, &cache, from: &files)
        facts.readCommands(boot, root, &cache, from: &files)
        if facts.dynamic != nil {
            let found = ["dhclient", "udhcpc", "dhcpcd", "pump"].map {
                root.hasProgram($0, &cache, from: &files)
            }
            facts.hasClient = found.contains(true) ? true : found.contains(nil) ? nil : false
        }
        return facts
    }

    private mutating func add(_ address: StaticAddress?) {
        guard let address, staticAddresses.count < ContainerConfig.maxEntries else { return }
        staticAddresses.append(address)
    }

    private mutating func add(_ name: some Sequence<UInt8>, _ place: ConfigPlace) {
        let name = UntrustedText(name)
        guard !name.isEmpty, !(name == "lo"), names.count < ContainerConfig.maxEntries else {
            return
        }
        names.append(Name(name: name, place: place))
    }

    // MARK: - interfaces(5)

    private mutating func readInterfaces(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        var paths: [UntrustedText] = ["/etc/network/interfaces"]
        let directory: UntrustedText = "/etc/network/interfaces.d"
        paths += (root.names(in: directory, &cache, from: &files) ?? []).prefix(16).map {
            directory.appending("/").appending(UntrustedText($0))
        }
        for path in paths {
            guard let file = root.contents(of: path, &cache, from: &files) else { continue }
            // An interface that these options create, such as a bridge, is not a NIC that LXC
            // creates.
            var made: [UntrustedText] = []
            var current: UntrustedText?
            var found: [Name] = []
            for (number, place) in Lines(bytes: file.bytes).entries {
                let words = words(of: file.bytes[place]).map { UntrustedText($0) }
                let place = ConfigPlace(file: file.path, line: number)
                guard let first = words.first else { continue }
                switch String(decoding: first.bytes, as: UTF8.self) {
                case "iface":
                    guard words.count > 1 else { continue }
                    current = words[1]
                    found.append(Name(name: words[1], place: place))
                    if words.count > 3, words[2] == "inet", words[3] == "dhcp", dynamic == nil {
                        dynamic = place
                    }
                case "auto", "allow-auto", "allow-hotplug":
                    found += words.dropFirst().map { Name(name: $0, place: place) }
                case "mapping": includesAny = true
                case "address", "gateway":
                    guard words.count > 1 else { continue }
                    add(
                        StaticAddress(
                            of: current, isRouter: first == "gateway", words[1].bytes[...], place))
                default:
                    let prefixes = ["bridge", "bond", "vlan", "pre-up", "wpa", "tunnel"]
                    if prefixes.contains(where: { first.hasPrefix($0) }), let current {
                        made.append(current)
                    }
                }
            }
            for name in found where !made.contains(name.name) {
                // A slash begins a pattern, and a colon the label of an address.
                if name.name.hasPrefix("/") { includesAny = true }
                add(name.name.bytes.prefix { $0 != 0x3a }, name.place)
            }
        }
    }

    // MARK: - systemd.network(5)

    private mutating func readNetworkd(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        let directory: UntrustedText = "/etc/systemd/network"
        let all = root.names(in: directory, &cache, from: &files) ?? []
        for name in all.prefix(32) where name.suffix(8).elementsEqual(".network".utf8) {
            let path = directory.appending("/").appending(UntrustedText(name))
            guard let file = root.contents(of: path, &cache, from: &files) else { continue }
            var isMatch = false
            var hasName = false
            var interface: UntrustedText?
            for (number, place) in Lines(bytes: file.bytes).entries {
                let line = file.bytes[place]
                if line.first == 0x5b { isMatch = line.starts(with: "[Match]".utf8) }
                for (key, isRouter) in [("Address=", false), ("Gateway=", true)]
                where !isMatch && line.starts(with: key.utf8) {
                    add(
                        StaticAddress(
                            of: interface, isRouter: isRouter, line.dropFirst(key.utf8.count),
                            ConfigPlace(file: file.path, line: number)))
                }
                guard isMatch, line.starts(with: "Name=".utf8) else { continue }
                interface = words(of: line.dropFirst(5)).first.map { UntrustedText($0) }
                hasName = true
                for word in words(of: line.dropFirst(5)) {
                    if word.first == 0x21 { includesAny = true }
                    add(word, ConfigPlace(file: file.path, line: number))
                }
            }
            if !hasName { includesAny = true }
        }
    }

    // MARK: - netplan

    private mutating func readNetplan(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        let directory: UntrustedText = "/etc/netplan"
        for name in (root.names(in: directory, &cache, from: &files) ?? []).prefix(16)
        where name.suffix(5).elementsEqual(".yaml".utf8) {
            let path = directory.appending("/").appending(UntrustedText(name))
            guard let file = root.contents(of: path, &cache, from: &files) else {
                includesAny = true
                continue
            }
            // The names are the keys one level below "ethernets:".
            var section: Int?
            var level: Int?
            for (index, range) in Lines(bytes: file.bytes).enumerated() {
                let line = file.bytes[range]
                let indent = line.prefix { $0 == 0x20 }.count
                let text = line.dropFirst(indent)
                guard let first = text.first, first != 0x23 else { continue }
                if let start = section, indent <= start { (section, level) = (nil, nil) }
                if text.starts(with: "ethernets:".utf8) { section = indent }
                guard let start = section, indent > start else { continue }
                if level == nil { level = indent }
                if text.starts(with: "match:".utf8) { includesAny = true }
                guard indent == level, let end = text.firstIndex(of: 0x3a) else { continue }
                add(
                    text[..<end].filter { $0 != 0x22 && $0 != 0x27 },
                    ConfigPlace(file: file.path, line: index + 1))
            }
        }
    }

    // MARK: - Files that are named after an interface

    private mutating func readNames(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        for (directory, prefix) in [
            ("/etc/sysconfig/network-scripts", "ifcfg-"), ("/etc/sysconfig/network", "ifcfg-"),
            ("/etc/runlevels/default", "net."), ("/etc/runlevels/boot", "net."),
        ] {
            let directory = UntrustedText(directory)
            for name in (root.names(in: directory, &cache, from: &files) ?? []).prefix(64)
            where name.starts(with: prefix.utf8) && !name.contains(0x7e) {
                guard case .file(_, let place) = root.find(directory, &cache, from: &files).found
                else { continue }
                let path = place.appending("/").appending(UntrustedText(name))
                add(name.dropFirst(prefix.utf8.count), ConfigPlace(file: path, line: 1))
            }
        }
    }

    // MARK: - Commands

    private mutating func readCommands(
        _ boot: BootFacts, _ root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) {
        for command in boot.commands {
            if let client = UdhcpcCommand(command.words) {
                add(client.interface.bytes, command.place)
                var facts = Client(
                    interface: client.interface, place: command.place, script: client.script)
                facts.observeScript(root, &cache, from: &files)
                clients.append(facts)
            } else if let position = command.words.firstIndex(where: { $0 == "dev" }),
                command.words.count > position + 1,
                !command.words[position + 1].bytes.contains(0x24)
            {
                add(command.words[position + 1].bytes, command.place)
            }
        }
    }
}

extension ContainerNetworkFacts.Client {
    fileprivate mutating func observeScript(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        let paths = script.map { [$0] } ?? ContainerNetworkFacts.scripts
        var found: [Bool?] = []
        for path in paths {
            let exists = root.exists(path, &cache, from: &files)
            found.append(exists)
            guard exists == true, program == nil else { continue }
            program = .observe(path, in: root, &cache, from: &files)
        }
        hasScript = found.contains(true) ? true : found.contains(nil) ? nil : false
    }
}
