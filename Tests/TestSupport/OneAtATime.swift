package import Testing

/// Of all suites with this trait, one test runs at a time.
///
/// An exit test that waits for a lock occupies a thread of the runner, which has one for each
/// processor. If all of them wait for the test with the lock, no thread reads what that test
/// reports, and it never ends.
package struct OneAtATime: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await Turns.shared.begin()
        do { try await body() } catch {
            await Turns.shared.end()
            throw error
        }
        await Turns.shared.end()
    }
}

extension Trait where Self == OneAtATime {
    package static var oneAtATime: Self { Self() }
}

private actor Turns {
    static let shared = Turns()
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func begin() async {
        guard isTaken else { return isTaken = true }
        await withCheckedContinuation { waiting.append($0) }
    }

    func end() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
