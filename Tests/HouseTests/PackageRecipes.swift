import TestSupport
import Testing

/// The recipes of other distributions' packages in etc.
@Suite struct PackageRecipes {
    @Test("every recipe has the version of the programs")
    func versions() {
        let source = contents(of: root + "Sources/HostPaths/Version.swift")
        let version = source.firstMatch(of: /number = "(.+)"/)?.output.1 ?? ""
        let recipes: [(String, Regex<(Substring, Substring)>)] = [
            ("arch/PKGBUILD", /(?m:^)pkgver=(.+)/), ("rpm/berth.spec", /(?m:^)Version: (.+)/),
            ("alpine/APKBUILD", /(?m:^)pkgver=(.+)/), ("void/template", /(?m:^)version=(.+)/),
        ]
        for (path, line) in recipes {
            expect(contents(of: etc + path).firstMatch(of: line)?.output.1 == version, path)
        }
        expect(shell("ls \(etc)gentoo").lines, is: ["berth-\(version).ebuild"])
        // The directory of its sources, in a comment.
        expect(contents(of: etc + "void/template").contains("berth-\(version),"), "\(version)")
    }

    @Test("a recipe that was never built says so")
    func untested() {
        for path in ["alpine/APKBUILD", "void/template", "gentoo/*.ebuild"] {
            expect(shell("grep -c '^# Not yet built: ' \(etc)\(path)").lines, is: ["1"], path)
        }
    }

    @Test("replace-helper makes berth-nic LXC's helper, and restores LXC's")
    func helper() {
        let outcome = shell("sh '\(scriptPath("replace-helper.sh"))' '\(etc)replace-helper.sh'")
        expect(
            outcome.lines,
            is: [
                "without LXC:",
                "installed:", "lxc-user-nic -> /opt/berth/berth-nic", "lxc-user-nic.lxc 750 one",
                "recorded 4750",
                "upgraded:", "lxc-user-nic -> /opt/berth/berth-nic", "lxc-user-nic.lxc 755 two",
                "recorded 4755",
                "removed:", "lxc-user-nic 4755 two",
                "removed after an upgrade:", "lxc-user-nic 4755 three",
                "LXC is removed:",
                "link of an administrator:", "lxc-user-nic -> /elsewhere",
                "usage", "status 2",
            ], "\(outcome)")
    }
}

private let root = String(#filePath.dropLast("Tests/HouseTests/PackageRecipes.swift".count))
private let etc = root + "etc/"
