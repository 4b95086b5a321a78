import Linux
import TestSupport
import Testing

@testable import Doctor

/// The JSON of a diagnosis with every kind of content.
@Suite(.enabled(if: JSONSchema.obstacle == nil, "\(JSONSchema.obstacle ?? "")"))
struct Schema {
    @Test("the JSON matches its schema, and the schema rejects changes")
    func example() {
        let schema = JSONSchema("berth-doctor.json")
        #expect(schema.judge(Diagnosis().json).output == "1 documents, 0 faults\n")
        let json = answer().json
        #expect(
            schema.judge(json).output == "1 documents, 0 faults\n", "\(schema.judge(json).output)")
        for (key, other) in [
            ("\"findings\"", "\"found\""), ("\"unknown\"", "\"unknwon\""),
            ("\"version\" : 1", "\"version\" : 2"), ("\"advice\"", "\"advise\""),
            ("\"by\" : \"root\"", "\"by\" : \"bob\""), ("\"uid\" : 1000", "\"uid\" : null"),
            ("\"line\" : 1,", "\"line\" : 0,"), ("\"file\" : \"/etc/sysctl.d", "\"path\" : \"/etc"),
        ] {
            #expect(json.contains(key), "\(key)")
            #expect(schema.judge(json.replacing(key, with: other)).status == 1, "\(key)")
        }
    }

    private func answer() -> Doctor.Diagnosis {
        var facts = Facts.alices()
        facts.target.container = "web"
        facts.kernel.maxUserNamespaces = 0
        facts.kernel.appArmorRestricts = 1
        facts.session?.login = nil
        var answer = Diagnosis()
        answer.users = [Diagnosis.UserReport(facts.target, Checks.findings(facts))]
        let log = """
            lxc-start web 20261121040319.586 ERROR    start - start.c:f:1 - Some new fault
            lxc-start web 20261121040319.587 ERROR    start - start.c:f:1 - \
            Failed to spawn container
            lxc-start web 20261121040319.588 WARN     start - start.c:f:1 - \
            Failed to ajust stdio permissions
            """
        answer.log = LXCLogExplanation(of: Array(log.utf8), file: "log", on: .alices)
        return answer
    }
}
