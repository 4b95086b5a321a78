internal import Linux

/// Whether the container's init exists in its root file system, and the kernel can run it.
enum Init: Check {
    static let name = "init"
    static let appliesToRoot = true

    static func findings(_ facts: Facts) -> [Finding] {
        guard facts.target.container != nil,
            facts.files.rootfs.paths.contains(where: { $0.file?.isDirectory == true })
        else { return [] }
        var findings = workingDirectory(facts)
        if let program = facts.files.rootfs.initProgram {
            let setting = facts.config.setting("lxc.init.cmd")
            let place = setting?.place.text ?? facts.config.path.quoted
            let problems = problem(of: program, place, setting, facts).map { [$0] } ?? []
            findings += problems
            if problems.isEmpty, case .file(_, let path) = program.result.found {
                findings.append(.ok(path.quoted, "the container's init"))
            }
        }
        return findings
    }

    private static func problem(
        of program: ContainerProgram, _ place: String, _ setting: ConfigSetting?, _ facts: Facts
    ) -> Finding? {
        switch program.result.found {
        case .hidden, .unread: return nil
        case .missing:
            return .problem(
                place,
                program.result.isLink
                    ? "\(program.path.quoted), the container's init, is a symbolic link to "
                        + "\(program.result.path.quoted), which does not exist in the root file "
                        + "system"
                    : "the root file system has no \(program.path.quoted), the container's init",
                setting.map { correct($0, facts) }
                    ?? .advice(
                        "install an init in the container, or name another program in "
                            + "lxc.init.cmd"))
        case .file(let file, let path):
            guard file.isRegular else {
                return .problem(
                    path.quoted, "the container's init is not a program",
                    .advice("name a program in lxc.init.cmd"))
            }
            if file.mode & 0o111 == 0 {
                return .problem(
                    path.quoted, "the container's init is not executable",
                    executable(path, file, facts))
            }
            return problem(of: program.header, program.interpreter, at: path)
        }
    }

    /// Comments out `lxc.init.cmd`, so that the standard init is used.
    private static func correct(_ setting: ConfigSetting, _ facts: Facts) -> Fix {
        facts.disable(setting.place)
    }

    static func executable(
        _ path: UntrustedText, _ file: FileAttributes, _ facts: Facts
    ) -> Fix {
        let advice = Fix.advice("make it executable")
        guard let word = path.shellWord else { return advice }
        if file.owner == facts.target.user {
            return .command("chmod a+x \(word)", by: facts.target.isRoot ? .root : .user)
        }
        return facts.inNamespace("chmod a+x \(word)", of: file.owner).map {
            .command($0, by: .user)
        } ?? advice
    }

    private static func problem(
        of header: ProgramHeader?, _ interpreter: RootFileSystem.Found?, at path: UntrustedText
    ) -> Finding? {
        if let machine = header?.unsupportedMachine {
            return .problem(
                path.quoted, "the container's init \(machine)",
                .advice(
                    "create the container for the host's architecture, or install an emulator "
                        + "(qemu-user-static)"))
        }
        if case .empty = header {
            return .problem(
                path.quoted, "the container's init is an empty file",
                .advice("install the init again"))
        }
        guard interpreter == .missing, let name = header?.searchedProgram ?? header?.interpreter
        else { return nil }
        if header?.hasCarriageReturn == true {
            return .problem(
                path.quoted,
                "the container's init needs \(name.quoted), which does not exist: its lines end "
                    + "with a carriage return (CR LF), as in Windows files",
                .advice(Hooks.carriageReturns))
        }
        return .problem(
            path.quoted,
            "the container has no \(name.quoted), which the kernel needs to run its init",
            .advice("install it in the container, or mount the directory that has it"))
    }

    private static func workingDirectory(_ facts: Facts) -> [Finding] {
        guard let setting = facts.config.setting("lxc.init.cwd") else { return [] }
        let fault: String
        switch facts.files.rootfs.workingDirectory {
        case .missing: fault = "does not exist in the container"
        case .file(let file, _) where !file.isDirectory: fault = "is not a directory"
        default: return []
        }
        return [
            .problem(
                setting.place.text, "\(setting.value.quoted), in which init would start, \(fault)",
                facts.disable(setting.place))
        ]
    }
}

/// Programs for other processors that the kernel runs with an emulator: binfmt_misc.
enum BinaryFormats {
    static let haveInterpreters: Bool = {
        let names = (try? SmallFile.names(in: "/proc/sys/fs/binfmt_misc")) ?? []
        return names.contains { $0 != "register" && $0 != "status" }
    }()
}
