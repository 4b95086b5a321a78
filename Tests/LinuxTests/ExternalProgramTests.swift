import Linux
import Testing

@Suite("Programs that a service runs")
struct ExternalProgramTests {
    @Test("A program that exceeds the time limit is killed, even if it ignores SIGTERM")
    func timeLimit() throws {
        let shell = try #require(ExternalProgram(named: "sh"))
        let start = monotonicMilliseconds()
        let obedient = try shell.run(["-c", "echo begun; exec sleep 60"], atMost: 200)
        #expect(obedient.exceededTimeLimit && obedient.status == nil)
        #expect(obedient.output == Array("begun\n".utf8))
        let stubborn = try shell.run(
            ["-c", "trap '' TERM; while :; do sleep 1; done"], atMost: 200)
        #expect(stubborn.exceededTimeLimit && stubborn.status == nil)
        #expect(monotonicMilliseconds() - start < 20_000)
    }

    @Test("A program that exits in time is not killed, even if it leaves children running")
    func inTime() throws {
        let shell = try #require(ExternalProgram(named: "sh"))
        let start = monotonicMilliseconds()
        let outcome = try shell.run(["-c", "sleep 30 & cat; exit 3"], input: Array("in".utf8))
        #expect(!outcome.exceededTimeLimit && outcome.status == 3)
        #expect(outcome.output == Array("in".utf8) && monotonicMilliseconds() - start < 20_000)
    }
}
