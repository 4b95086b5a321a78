import Glibc
import SystemdScope
import Testing

/// berth-scope's requests to a systemd manager.
@Suite struct Scopes {
    @Test("a scope is started for this process, and delegated", arguments: [true, false])
    func started(beforeReply: Bool) throws {
        let manager = FakeManager(.job(result: "done", beforeReply: beforeReply))
        try DelegatedScope.enter("run-x.scope", description: "true", by: manager.socket)
        manager.end()
        #expect(
            manager.request == [
                "run-x.scope", "fail", "Description=true", "CollectMode=inactive-or-failed",
                "Delegate=1", "PIDs=\(getpid())",
            ])
    }

    @Test("an error has the name and message of the D-Bus error")
    func refused() throws {
        let manager = FakeManager(
            .error(
                name: "org.freedesktop.systemd1.UnitExists",
                message: "Unit run-x.scope already exists."))
        let error = #expect(throws: ScopeError.self) {
            try DelegatedScope.enter("run-x.scope", description: "true", by: manager.socket)
        }
        manager.end()
        #expect(
            error?.description.hasSuffix(
                "Unit run-x.scope already exists. (org.freedesktop.systemd1.UnitExists)") == true)
    }

    @Test("a job that fails is an error with its result")
    func failed() throws {
        let manager = FakeManager(.job(result: "timeout", beforeReply: false))
        let error = #expect(throws: ScopeError.self) {
            try DelegatedScope.enter("run-x.scope", description: "true", by: manager.socket)
        }
        manager.end()
        #expect(error?.description.contains("ended with \"timeout\"") == true)
    }

    @Test("the wait for a job has a limit")
    func silent() throws {
        let manager = FakeManager(.silence)
        let error = #expect(throws: ScopeError.self) {
            try DelegatedScope.enter(
                "run-x.scope", description: "true", by: manager.socket, within: 1)
        }
        manager.end()
        #expect(error?.description.contains("within 1 seconds") == true)
    }

    @Test("without a systemd manager, berth-scope fails")
    func absent() {
        let error = #expect(throws: ScopeError.self) {
            try DelegatedScope.enter("run-x.scope", description: "true", by: "/nonexistent/private")
        }
        #expect(error?.description.contains("No such file or directory") == true)
    }
}
