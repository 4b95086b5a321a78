internal import Linux

/// What the beginning of a program says about how the kernel runs it.
enum ProgramHeader: Equatable, Sendable {
    /// An ELF program, with the path of its dynamic loader.
    case elf(machine: UInt16, loader: UntrustedText?)
    /// A script that begins with `#!`.
    case script(interpreter: UntrustedText, argument: UntrustedText? = nil)
    case empty
    /// The kernel does not run it; a shell runs it as a script.
    case other

    init(_ bytes: [UInt8]) {
        if bytes.isEmpty {
            self = .empty
        } else if bytes.starts(with: [0x23, 0x21]) {
            let line = bytes.dropFirst(2).prefix { $0 != 0x0a }
            // The kernel separates words only at these blanks: a carriage return is part of one.
            let words = line.split { $0 == 0x20 || $0 == 0x09 }
            self = .script(
                interpreter: UntrustedText(words.first ?? []),
                argument: words.count > 1 ? UntrustedText(words[1]) : nil)
        } else if bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), bytes.count >= 64 {
            let file = ELFBytes(bytes)
            self = .elf(
                machine: UInt16(truncatingIfNeeded: file.number(at: 18, size: 2) ?? 0),
                loader: file.loader)
        } else {
            self = .other
        }
    }

    /// The interpreter or the dynamic loader.
    var interpreter: UntrustedText? {
        switch self {
        case .elf(_, let loader): loader
        case .script(let interpreter, _): interpreter
        case .empty, .other: nil
        }
    }

    /// The program that env(1), as the interpreter, looks up in the directories of PATH.
    var searchedProgram: UntrustedText? {
        guard case .script(let interpreter, let argument?) = self,
            interpreter.lastComponent == "env",
            argument.bytes.first != 0x2d, !argument.bytes.contains(0x3d),
            !argument.bytes.contains(0x2f)
        else { return nil }
        return argument
    }

    /// The directories in which a program without a path is looked up.
    static let searchedDirectories = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// Whether the first line ends with a carriage return, as in Windows files.
    var hasCarriageReturn: Bool {
        guard case .script(let interpreter, let argument) = self else { return false }
        return (argument ?? interpreter).bytes.last == 0x0d
    }

    /// What is wrong with the program itself, as the end of a sentence that begins with it.
    var unsupportedMachine: String? {
        guard case .elf(let machine, _) = self, let host = Self.hostMachine,
            !Self.runs(machine, on: host), !BinaryFormats.haveInterpreters
        else { return nil }
        return "is a program for \(Self.name(of: machine)), which this host, "
            + "\(Self.name(of: host)), cannot run"
    }

    /// The machine of the host's own programs.
    static let hostMachine: UInt16? = {
        guard let own = (try? ForeignFile.open(Array("/usr/bin/env".utf8))) ?? nil,
            let bytes = try? own.beginning(64), case .elf(let machine, _) = ProgramHeader(bytes)
        else { return nil }
        return machine
    }()

    /// Whether the host's processor runs programs for the machine: values of e_machine in elf(5).
    static func runs(_ machine: UInt16, on host: UInt16) -> Bool {
        // x86-64 also runs i386, 64-bit ARM also 32-bit ARM, 64-bit PowerPC also 32-bit PowerPC.
        machine == host || [[62, 3], [183, 40], [21, 20]].contains([host, machine])
    }

    static func name(of machine: UInt16) -> String {
        switch machine {
        case 3: "i386"
        case 8: "MIPS"
        case 20: "PowerPC"
        case 21: "64-bit PowerPC"
        case 22: "S/390"
        case 40: "32-bit ARM"
        case 62: "x86-64"
        case 183: "64-bit ARM"
        case 243: "RISC-V"
        case 258: "LoongArch"
        default: "another processor (ELF machine \(machine))"
        }
    }
}

/// The fields of an ELF file that tell how to run it: see elf(5).
private struct ELFBytes {
    let bytes: [UInt8]
    private let is64: Bool
    private let isBigEndian: Bool

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        is64 = bytes[4] == 2
        isBigEndian = bytes[5] == 2
    }

    func number(at offset: Int, size: Int) -> UInt64? {
        guard offset >= 0, offset <= bytes.count - size else { return nil }
        let part = bytes[offset..<(offset + size)]
        return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The path in the program header PT_INTERP, if it is near the beginning of the file.
    var loader: UntrustedText? {
        let word = is64 ? 8 : 4
        guard let table = position(at: is64 ? 32 : 28, size: word),
            let entrySize = position(at: is64 ? 54 : 42, size: 2),
            let count = position(at: is64 ? 56 : 44, size: 2)
        else { return nil }
        for index in 0..<min(count, 64) {
            let entry = table + index * entrySize
            guard number(at: entry, size: 4) == 3 else { continue }
            guard let start = position(at: entry + (is64 ? 8 : 4), size: word),
                let length = position(at: entry + (is64 ? 32 : 16), size: word),
                length > 1, start <= bytes.count - length
            else { return nil }
            return UntrustedText(bytes[start..<(start + length)].prefix { $0 != 0 })
        }
        return nil
    }

    private func position(at offset: Int, size: Int) -> Int? {
        number(at: offset, size: size).flatMap { $0 <= UInt64(UInt16.max) ? Int($0) : nil }
    }
}
