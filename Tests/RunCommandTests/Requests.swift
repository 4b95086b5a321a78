import Delegation
import RunCommand
import Testing

/// The command line of berth-run.
@Suite struct Requests {
    @Test("options and arguments of berth-run are parsed")
    func requests() throws {
        #expect(
            try request("true", "--name", "x").action
                == .run([bytes("true"), bytes("--name"), bytes("x")]))
        #expect(try request("--", "--name").action == .run([bytes("--name")]))
        #expect(
            try request("--name", "web", "--", "lxc-start").suffix
                == CommandCgroup.Suffix(bytes("web")))
        #expect(try request("--name=web", "lxc-start").suffix == CommandCgroup.Suffix(bytes("web")))
        #expect(try request("--scope-info").action == .scopeInfo)
        #expect(try request("-h", "x").action == .help)
        #expect(try request("--version").action == .version)
        for words in [
            [], ["--"], ["--name"], ["--name", "x"], ["--scope-info", "x"], ["-x", "true"],
        ] {
            #expect(throws: Refusal.self) { try Request(words.map(bytes)) }
        }
        for name in ["", ".", "a.b", "a/b", "\u{e9}", "a b", String(repeating: "a", count: 33)] {
            #expect(CommandCgroup.Suffix(bytes(name)) == nil)
        }
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func request(_ words: String...) throws -> Request { try Request(words.map(bytes)) }
