internal import Linux
internal import UserFiles

/// A program that runs in the container, such as its init or a hook.
struct ContainerProgram: Equatable, Sendable {
    let path: UntrustedText
    let result: RootFileSystem.Result
    /// `nil` if it could not be read.
    var header: ProgramHeader?
    /// Where its interpreter or dynamic loader is.
    var interpreter: RootFileSystem.Found?

    static func observe(
        _ path: UntrustedText, in root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> ContainerProgram {
        let result = root.find(path, &cache, from: &files)
        var program = ContainerProgram(path: path, result: result)
        guard case .file(let file, let place) = result.found, file.isRegular else { return program }
        program.header = ((try? files.beginning(of: place)) ?? nil).map { ProgramHeader($0) }
        if let interpreter = program.header?.interpreter, interpreter.hasPrefix("/") {
            program.interpreter = root.find(interpreter, &cache, from: &files).found
        }
        if let name = program.header?.searchedProgram,
            !ProgramHeader.searchedDirectories.contains(where: { directory in
                let path = UntrustedText(directory).appending("/").appending(name)
                return root.find(path, &cache, from: &files).found != .missing
            })
        {
            program.interpreter = .missing
        }
        return program
    }
}

/// The root file system of a container, and its first program.
struct RootfsFacts: Equatable, Sendable {
    /// Each path of `lxc.rootfs.path`, in its order.
    var paths: [PathFacts] = []
    /// Where the last of the paths leads, if it is itself a symbolic link.
    var link: UntrustedText?
    /// `nil` if the command is not an absolute path, or the root file system is not known.
    var initProgram: ContainerProgram?
    /// Where `lxc.init.cwd` leads.
    var workingDirectory: RootFileSystem.Found?
    /// `lxc.rootfs.mount`, if it is set.
    var mountPoint: PathFacts?
    /// Important files and directories that exist.
    var samples: [PathFacts.Directory] = []

    static func observe(
        _ config: ContainerConfig, _ root: RootFileSystem, _ cache: inout PathCache,
        from files: inout some FileReader
    ) -> RootfsFacts {
        var facts = RootfsFacts()
        guard let source = config.rootfs else { return facts }
        facts.paths = source.paths.filter { $0.hasPrefix("/") }.map {
            cache.facts(of: $0, from: &files)
        }
        if let path = facts.paths.last?.path {
            facts.link = cache.target(of: path, from: &files).map { UntrustedText($0) }
        }
        if let mountPoint = config.value("lxc.rootfs.mount"), mountPoint.hasPrefix("/") {
            facts.mountPoint = cache.facts(of: mountPoint, from: &files)
        }
        guard !root.layers.isEmpty else { return facts }
        let command = config.value("lxc.init.cmd") ?? "/sbin/init"
        if let word = words(of: command.bytes[...]).first, word.first == 0x2f {
            facts.initProgram = .observe(UntrustedText(word), in: root, &cache, from: &files)
        }
        if let directory = config.value("lxc.init.cwd"), directory.hasPrefix("/") {
            facts.workingDirectory = root.find(directory, &cache, from: &files).found
        }
        return facts
    }
}
