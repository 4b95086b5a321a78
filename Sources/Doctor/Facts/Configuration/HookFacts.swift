internal import Linux
internal import UserFiles

/// A program that LXC runs when a container starts or stops.
struct HookFacts: Equatable, Sendable {
    enum Actor: Equatable, Sendable {
        /// The user who runs lxc-start, on the host.
        case user
        /// The container's root, before it has left the host's file systems.
        case containerRoot
        /// The container's root, in the container.
        case container
    }

    let setting: ConfigSetting
    let actor: Actor
    /// Whether the container does not start if it fails.
    let isFatal: Bool
    let path: UntrustedText
    /// For a hook on the host.
    var program: PathFacts?
    /// For a hook in the container.
    var inside: ContainerProgram?
    /// What the program on the host begins with; `nil` if it could not be read.
    var header: ProgramHeader?
    /// The interpreter that a script on the host names and that does not exist.
    var missingInterpreter: UntrustedText?
    /// `nil` unless it is a shell script on the host.
    var failure: ScriptFailure?

    private static let kinds: [(String, Actor, Bool)] = [
        ("lxc.hook.pre-start", .user, true), ("lxc.hook.start-host", .user, true),
        ("lxc.hook.pre-mount", .containerRoot, true), ("lxc.hook.mount", .containerRoot, true),
        ("lxc.hook.autodev", .containerRoot, true), ("lxc.hook.start", .container, true),
        ("lxc.hook.stop", .user, false), ("lxc.hook.post-stop", .user, false),
        ("lxc.hook.clone", .user, false), ("lxc.hook.destroy", .user, false),
    ]

    static func observe(
        _ config: ContainerConfig, _ root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> [HookFacts] {
        var hooks: [HookFacts] = []
        for (key, actor, isFatal) in kinds {
            for setting in config.all(key) {
                guard let path = program(of: setting) else { continue }
                hooks.append(
                    HookFacts(setting: setting, actor: actor, isFatal: isFatal, path: path))
            }
        }
        for (key, isFatal) in [("script.up", true), ("script.down", false)] {
            for setting in config.nics.compactMap({ $0.setting(key) }) {
                guard let path = program(of: setting) else { continue }
                hooks.append(
                    HookFacts(setting: setting, actor: .user, isFatal: isFatal, path: path))
            }
        }
        return hooks.map { hook in
            var hook = hook
            hook.observe(root, &cache, from: &files)
            return hook
        }
    }

    private mutating func observe(
        _ root: RootFileSystem, _ cache: inout PathCache, from files: inout some FileReader
    ) {
        guard actor != .container else {
            if !root.layers.isEmpty {
                inside = .observe(path, in: root, &cache, from: &files)
            }
            return
        }
        program = cache.facts(of: path, from: &files)
        guard program?.file?.isRegular == true,
            let bytes = (try? files.beginning(of: path)) ?? nil
        else { return }
        let header = ProgramHeader(bytes)
        self.header = header
        if header.isShellScript { failure = .find(in: bytes, &cache, from: &files) }
        if let interpreter = header.interpreter, interpreter.hasPrefix("/"),
            cache.status(of: interpreter, from: &files) == .missing
        {
            missingInterpreter = interpreter
        } else if let name = header.searchedProgram,
            !ProgramHeader.searchedDirectories.contains(where: { directory in
                let path = UntrustedText(directory).appending("/").appending(name)
                return cache.status(of: path, from: &files) != .missing
            })
        {
            missingInterpreter = name
        }
    }

    /// The program's path. A shell runs the value as a command line, so it can also be another
    /// command, which is not examined.
    private static func program(of setting: ConfigSetting) -> UntrustedText? {
        guard let word = words(of: setting.value.bytes[...]).first, word.first == 0x2f,
            !word.contains(where: { "$`\"';&|<>()*?[]{}~\\".utf8.contains($0) })
        else { return nil }
        return UntrustedText(word)
    }
}
