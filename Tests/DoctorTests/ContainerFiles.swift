import Linux
import Testing
import UserFiles

@testable import Doctor

/// What a configuration names is found as LXC and the kernel find it.
@Suite
struct ContainerFiles {
    /// Files in memory.
    private struct Files: FileReader {
        var links: [String: String] = [:]
        var files: [String: FileAttributes] = [:]

        mutating func answer(_ question: Question, _ path: [UInt8]) -> Answer {
            let path = String(decoding: path, as: UTF8.self)
            switch question {
            case .target: return links[path].map { .target(Array($0.utf8)) } ?? .absent
            case .attributes: return files[path].map { .attributes($0) } ?? .absent
            default: return .absent
            }
        }
    }

    private static func file(_ kind: FileKind = .regular) -> FileAttributes {
        var file = FileAttributes(owner: UserID(100_000), group: GroupID(100_000), mode: 0o755)
        file.kind = kind
        return file
    }

    @Test(
        "links lead to files of the container",
        arguments: [
            ("/sbin/init", "/usr/lib/systemd/systemd", true), ("/bin/sh", "/bin/sh", false),
            ("/sbin/nothing", nil, true), ("/loop", nil, true),
            ("/../../bin/./sh", "/bin/sh", false), ("/up/sh", "/bin/sh", true),
        ] as [(String, String?, Bool)])
    func links(path: String, found: String?, hasLinks: Bool) {
        var files = Files(
            links: [
                "/c/sbin": "usr/sbin", "/c/usr/sbin/init": "/lib/systemd/systemd",
                "/c/lib": "usr/lib", "/c/loop": "loop", "/c/up": "../../../bin",
            ], files: ["/c/usr/lib/systemd/systemd": Self.file(), "/c/bin/sh": Self.file()])
        var cache = PathCache()
        let root = RootFileSystem(layers: ["/c"])
        let result = root.find(UntrustedText(path), &cache, from: &files)
        #expect(result.hasLinks == hasLinks)
        if let found {
            #expect(result.found == .file(Self.file(), at: UntrustedText("/c" + found)))
            #expect(result.path == found)
        } else {
            #expect(result.found == .missing)
        }
    }

    @Test("the upper layer of an overlay hides the lower ones, and mounts hide both")
    func layers() {
        var files = Files(files: [
            "/low/a": Self.file(), "/up/a": Self.file(.directory), "/low/b": Self.file(),
        ])
        var cache = PathCache()
        var root = RootFileSystem(layers: ["/low", "/up"])
        #expect(
            root.find("/a", &cache, from: &files).found
                == .file(Self.file(.directory), at: "/up/a"))
        #expect(root.find("/b", &cache, from: &files).found == .file(Self.file(), at: "/low/b"))
        root.mountPoints = [[[0x62]]]
        #expect(root.find("/b", &cache, from: &files).found == .hidden)
    }

    @Test(
        "the type of a root file system is recognized by its first characters, as in LXC",
        arguments: [
            ("/a/b", nil, ["/a/b"]), ("dir:/a", .dir, ["/a"]), ("d:/a", .dir, ["/a"]),
            (":/a", nil, ["/a"]), ("foo:/a", nil, ["/a"]), ("lvm:/dev/x", .lvm, ["/dev/x"]),
            ("overlay:/a:/b:/c", .overlay, ["/a", "/b", "/c"]),
            ("overlayfs:/a:b:/c", .overlayfs, ["/a:b", "/c"]), ("overlay:/a", .overlay, ["/a"]),
        ] as [(String, RootfsSource.Kind?, [UntrustedText])])
    func rootfs(value: String, kind: RootfsSource.Kind?, paths: [UntrustedText]) {
        let source = RootfsSource(UntrustedText(value))
        #expect(source.kind == kind && source.paths == paths)
    }

    @Test("a mount entry is read as getmntent(3) reads it")
    func entry() throws {
        let place = ConfigPlace(file: "f", line: 1)
        let text = #"/a\040b  c\134d none  bind,create=dir,lowerdir=/x:/y 0 0"#
        let entry = try #require(MountEntry(Array(text.utf8)[...], at: place))
        #expect(entry.source == "/a b" && entry.target == #"c\d"# && entry.type == "none")
        #expect(entry.isBind && entry.createsDirectory && !entry.isOptional)
        #expect(entry.value("lowerdir") == .some("/x:/y"))
        #expect(MountEntry(Array("# /a b".utf8)[...], at: place) == nil)
        #expect(MountEntry([], at: place) == nil)
    }

    @Test("reading a program's header gives its machine and interpreter, and never traps")
    func header() {
        #expect(
            ProgramHeader(Array("#! /bin/sh -e\nx".utf8))
                == .script(interpreter: "/bin/sh", argument: "-e"))
        #expect(ProgramHeader([]) == .empty && ProgramHeader([1, 2]) == .other)
        var elf = [UInt8](repeating: 0, count: 200)
        elf.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        elf[18] = 62
        elf[32] = 64
        elf[54] = 56
        elf[56] = 1
        elf[64] = 3
        elf[72] = 150
        elf[96] = 6
        elf.replaceSubrange(150..<155, with: Array("/ld.s".utf8))
        #expect(ProgramHeader(elf) == .elf(machine: 62, loader: "/ld.s"))
        #expect(ProgramHeader.runs(3, on: 62) && !ProgramHeader.runs(183, on: 62))
        // Parsing a damaged header does not trap.
        for position in elf.indices {
            for byte: UInt8 in [0, 1, 0x7f, 0xff] {
                var damaged = elf
                damaged[position] = byte
                for count in [elf.count, 64, 70] {
                    _ = ProgramHeader(Array(damaged[..<count])).interpreter
                }
            }
        }
    }
}
