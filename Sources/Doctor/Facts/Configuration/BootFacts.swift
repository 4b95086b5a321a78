internal import Linux
internal import UserFiles

/// What the container's init starts, according to its own files.
struct BootFacts: Equatable, Sendable {
    /// A program that a line of a file starts.
    struct Step: Equatable, Sendable {
        let place: ConfigPlace
        let program: ContainerProgram
        /// Whether it sets up the container: a program with the action sysinit, boot, bootwait or
        /// wait.
        let isEssential: Bool
    }

    /// The unit that systemd starts.
    enum DefaultTarget: Equatable, Sendable {
        case found
        case missing(UntrustedText)
        case masked(UntrustedText)
    }

    /// A command of inittab(5), or of a script that it runs.
    struct Command: Equatable, Sendable {
        let place: ConfigPlace
        let words: [UntrustedText]
    }

    var steps: [Step] = []
    var commands: [Command] = []
    /// Whether the programs that inittab(5) starts, and the scripts among them, include one that
    /// can set up the network; `nil` if that is not known.
    var configuresNetwork: Bool?
    /// inittab(5), if it starts no program at all.
    var emptyTable: UntrustedText?
    /// inittab(5), if its lines end with a carriage return, as in Windows files.
    var tableOfWindows: UntrustedText?
    /// `nil` if the init is not systemd, or if it is not known.
    var defaultTarget: DefaultTarget?
    /// The dangling links of OpenRC's runlevels, in the root file system.
    var danglingServices: [UntrustedText] = []
    /// Whether a runlevel of OpenRC has a service that sets up the network; `nil` without OpenRC.
    var hasNetworkService: Bool?
    /// The container's `/etc/passwd` and `/etc/group`, if they exist.
    var accounts: [PathFacts.Directory] = []
    /// Whether there is no `/etc/passwd`.
    var hasNoAccounts = false

    /// - Parameter initProgram: the container's init, if it was found.
    static func observe(
        _ initProgram: ContainerProgram?, in root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> BootFacts {
        var facts = BootFacts()
        guard !root.layers.isEmpty, let result = initProgram?.result, case .file = result.found
        else { return facts }
        let name = result.path.lastComponent
        if name == "systemd" {
            facts.defaultTarget = defaultTarget(root, &cache, from: &files)
        } else if ["init", "busybox", "sysvinit"].contains(name) {
            facts.readTable(root, &cache, from: &files)
            facts.observeRunlevels(root, &cache, from: &files)
        } else {
            return facts
        }
        for path: UntrustedText in ["/etc/passwd", "/etc/group"] {
            switch root.find(path, &cache, from: &files).found {
            case .file(let file, let place):
                facts.accounts.append(PathFacts.Directory(path: place, file: file))
            case .missing where path == "/etc/passwd": facts.hasNoAccounts = true
            default: break
            }
        }
        return facts
    }

    // MARK: - inittab

    /// Reads inittab(5), and the scripts that it runs first.
    private mutating func readTable(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        guard let table = root.contents(of: "/etc/inittab", &cache, from: &files) else { return }
        guard !table.bytes.contains(0x0d) else { return tableOfWindows = table.path }
        let isUsed = Lines(bytes: table.bytes).entries.contains { _, place in
            table.bytes[place].contains(0x3a)
        }
        if !isUsed { emptyTable = table.path }
        for entry in InitTableEntry.all(in: table.bytes).prefix(ContainerConfig.maxEntries) {
            let place = ConfigPlace(file: table.path, line: entry.line)
            commands.append(Command(place: place, words: entry.words))
            steps.append(
                Step(
                    place: place,
                    program: .observe(entry.program, in: root, &cache, from: &files),
                    isEssential: entry.isEssential))
        }
        var isKnown = true
        // Strings that show that a command may set up the network.
        let parts = [
            "dhc", "ifup", "ifconfig", "ip ", "/ip", "network", "connman", "init.d", "rc.d", "rc.",
            "run-parts", "runit", "runsv", "openrc", ". ", "source", "$",
        ].map { Array($0.utf8) }
        func mayConfigure(_ text: some Sequence<UInt8>) -> Bool {
            let text = Array(text)
            return parts.contains { Linux.firstIndex(of: $0, in: text, from: 0) != nil }
        }
        var configures = false
        for step in steps where step.isEssential {
            guard case .file(let file, _) = step.program.result.found, file.isRegular,
                step.program.header?.isShellScript == true,
                let script = root.contents(of: step.program.path, &cache, from: &files)
            else {
                if !Self.harmless.contains(step.program.path.lastComponent) { isKnown = false }
                continue
            }
            let body = script.bytes.drop { $0 != 0x0a }
            configures = configures || mayConfigure(body)
            for command in ShellScript(script.bytes).commands.prefix(ContainerConfig.maxEntries) {
                let place = ConfigPlace(file: script.path, line: command.line)
                commands.append(Command(place: place, words: command.words))
                guard command.isAlwaysRun else { continue }
                steps.append(
                    Step(
                        place: place,
                        program: .observe(command.words[0], in: root, &cache, from: &files),
                        isEssential: false))
            }
        }
        let essential = steps.filter(\.isEssential).map(\.place)
        for command in commands where !essential.contains(command.place) {
            configures =
                configures || mayConfigure(command.words.map(\.bytes).joined(separator: [0x20]))
        }
        guard !steps.isEmpty else { return }
        configuresNetwork = configures ? true : isKnown ? false : nil
    }

    /// Programs that do not set up the network.
    private static let harmless: [UntrustedText] = [
        "chmod", "chown", "dmesg", "hostname", "klogd", "ln", "mkdir", "mount", "rm", "swapoff",
        "swapon", "sysctl", "syslogd", "touch", "umount",
    ]

    // MARK: - OpenRC

    private mutating func observeRunlevels(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        var names: [[UInt8]] = []
        for level in ["sysinit", "boot", "default"] {
            let directory = UntrustedText("/etc/runlevels/\(level)")
            for name in root.names(in: directory, &cache, from: &files)?.prefix(64) ?? [] {
                names.append(name)
                let path = directory.appending("/").appending(UntrustedText(name))
                if root.find(path, &cache, from: &files).found == .missing {
                    danglingServices.append(path)
                }
            }
        }
        guard !names.isEmpty else { return }
        let services = [
            "networking", "dhcpcd", "connman", "NetworkManager", "networkmanager",
            "udhcpc", "dhclient", "ifupdown-ng", "network",
        ]
        hasNetworkService = names.contains { name in
            name.starts(with: "net.".utf8)
                || services.contains { name.elementsEqual($0.utf8) }
        }
    }

    // MARK: - systemd

    private static let unitDirectories = [
        "/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    private static func defaultTarget(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) -> DefaultTarget? {
        func found(_ name: UntrustedText) -> (UntrustedText, RootFileSystem.Result)? {
            for directory in unitDirectories {
                let path = UntrustedText(directory).appending("/").appending(name)
                let result = root.find(path, &cache, from: &files)
                // The directories themselves can be links: /lib to /usr/lib.
                let isLink = result.path.lastComponent != name
                if result.found != .missing || isLink { return (path, result) }
            }
            return nil
        }
        guard let (path, result) = found("default.target") else {
            return .missing("/etc/systemd/system/default.target")
        }
        if result.path == "/dev/null" { return .masked(path) }
        switch result.found {
        case .file, .hidden: return .found
        case .unread: return nil
        case .missing:
            // systemd needs only the name of the unit to which a link leads.
            let name = result.path.lastComponent
            guard !name.isEmpty, name != "default.target" else { return .missing(path) }
            let exists = unitDirectories.contains { directory in
                let path = UntrustedText(directory).appending("/").appending(name)
                return root.find(path, &cache, from: &files).found != .missing
            }
            return exists ? .found : .missing(path)
        }
    }
}

/// A line of inittab(5) that starts a program by its absolute path.
struct InitTableEntry: Equatable {
    let line: Int
    let program: UntrustedText
    /// All words of the command.
    let words: [UntrustedText]
    let isEssential: Bool

    /// `ID:RUNLEVELS:ACTION:PROCESS`, as sysvinit and busybox read it.
    static func all(in table: [UInt8]) -> [InitTableEntry] {
        Lines(bytes: table).entries.compactMap { number, place -> InitTableEntry? in
            let fields = table[place].split(
                separator: 0x3a, maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count == 4 else { return nil }
            let action = String(decoding: fields[2], as: UTF8.self)
            let isEssential = ["sysinit", "boot", "bootwait", "wait"].contains(action)
            // Runlevels 0, 1, 6 and S are for shutdown, reboot and single-user mode.
            guard isEssential || ["once", "respawn", "askfirst"].contains(action),
                fields[1].isEmpty || fields[1].contains(where: { (0x32...0x35).contains($0) })
            else { return nil }
            // A hyphen marks a login shell (busybox); + and @ change what sysvinit logs.
            let process = fields[3].drop { [0x2d, 0x2b, 0x40].contains($0) }
            let words = Linux.words(of: process).map { UntrustedText($0) }
            guard let program = words.first, program.isPlainPath else { return nil }
            return InitTableEntry(
                line: number, program: program, words: words, isEssential: isEssential)
        }
    }
}

extension UntrustedText {
    /// Whether it is an absolute path in which a shell expands nothing.
    var isPlainPath: Bool {
        bytes.first == 0x2f && !bytes.contains { "$`\"';&|<>()*?[]{}~\\!#".utf8.contains($0) }
    }
}
