import TestSupport
import Testing

/// The files for dinit and s6-rc, checked without these programs: they refer to nothing that
/// may be missing.
@Suite
struct InitFiles {
    @Test("a dinit service depends on and waits for services of Berth only")
    func dinit() {
        let services = shell("ls \(etc)dinit").lines
        expect(services.count, is: 3)
        var named: [Substring] = []
        for service in services {
            for line in contents(of: etc + "dinit/" + service).split(separator: "\n") {
                let setting = line.wholeMatch(of: /([a-z-]+) = (.+)/)
                expect(line.hasPrefix("#") || setting != nil, "\(service): \(line)")
                if let (_, name, value) = setting?.output,
                    ["depends-on", "depends-ms", "waits-for"].contains(name)
                {
                    expect(services.contains(String(value)), "\(service): \(line)")
                    named.append(value)
                }
            }
        }
        expect(!named.isEmpty, "at least one service depends on another")
    }

    @Test("s6-rc's sources have all their dependencies and scripts")
    func s6rc() {
        let services = shell("ls \(etc)s6").lines
        expect(services.count, is: 3)
        var named: [String] = []
        for service in services {
            let folder = "\(etc)s6/\(service)"
            let dependencies = shell("cd \(folder) && [ ! -d dependencies.d ] || ls dependencies.d")
            for name in dependencies.lines {
                expect(services.contains(name), "\(service) depends on \(name)")
                named.append(name)
            }
            switch contents(of: folder + "/type") {
            case "oneshot\n": expect(contents(of: folder + "/up") != "", service)
            case "longrun\n": expect(contents(of: folder + "/run").hasPrefix("#!"), service)
            case let type: expect(false, "\(service) is a \(type)")
            }
        }
        expect(!named.isEmpty, "at least one service depends on another")
    }
}

private let etc = String(#filePath.dropLast("Tests/HouseTests/InitFiles.swift".count)) + "etc/"
