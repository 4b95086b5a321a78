internal import CLinux

/// This program, run again in child processes whose output is collected.
///
/// The children are untrusted: a user can stop them, make them write anything, or make them block
/// forever on a file system. Nothing here waits for a child longer than its time limit.
package enum OwnProgram {
    package struct Outcome: Sendable {
        package var output: [UInt8] = []
        package var ending = Ending.running
    }

    package enum Ending: Equatable, Sendable {
        case running
        /// The child has closed its output.
        case finished
        case outOfTime
        /// The child has written more than the limit.
        case wroteTooMuch
        case failed(Errno)
    }

    /// Runs this program once with each list of arguments, without environment and input.
    /// - Parameter count: how many run at the same time.
    /// - Parameter milliseconds: how long each may run. Then it is killed.
    /// - Parameter limit: how many bytes each may write. Then it is killed.
    package static func run(
        _ commands: [[[UInt8]]], atOnce count: Int, within milliseconds: Int, keeping limit: Int
    ) -> [Outcome] {
        var outcomes = commands.map { _ in Outcome() }
        var children: [Child] = []
        var next = 0
        while next < commands.count || !children.isEmpty {
            while next < commands.count, children.count < count {
                do throws(Errno) {
                    let deadline = monotonicMilliseconds() + milliseconds
                    children.append(try Child(commands[next], index: next, deadline: deadline))
                } catch { outcomes[next].ending = .failed(error) }
                next += 1
            }
            collect(from: children, into: &outcomes, limit)
            children.removeAll { child in
                guard outcomes[child.index].ending != .running else { return false }
                child.end()
                return true
            }
        }
        return outcomes
    }

    /// Waits (poll(2)) until a child has written, or until the time limit of one expires.
    private static func collect(
        from children: [Child], into outcomes: inout [Outcome], _ limit: Int
    ) {
        guard let deadline = children.map({ $0.deadline }).min() else { return }
        let wait = Int32(clamping: max(0, deadline - monotonicMilliseconds()))
        let ready: [Bool]
        do throws(Errno) {
            ready = try awaitReadable(children.map { $0.output }, atMost: wait)
        } catch {
            for child in children { outcomes[child.index].ending = .failed(error) }
            return
        }
        let now = monotonicMilliseconds()
        for (child, isReady) in zip(children, ready) {
            if isReady { child.read(into: &outcomes[child.index], limit) }
            if outcomes[child.index].ending == .running, now >= child.deadline {
                outcomes[child.index].ending = .outOfTime
            }
        }
    }

    private final class Child {
        let index: Int
        /// When its time limit expires, in milliseconds of the monotonic clock.
        let deadline: Int
        let output: Int32
        private let process: pid_t

        init(_ arguments: [[UInt8]], index: Int, deadline: Int) throws(Errno) {
            self.index = index
            self.deadline = deadline
            var ends: [Int32] = [-1, -1]
            try call { unsafe linux_pipe(&ends) }
            output = ends[0]
            // Closed once the child has a copy, so that the end of the child closes the pipe.
            let writing = Descriptor(owning: ends[1])
            do throws(Errno) {
                let null = try Descriptor.open("/dev/null", O_RDWR)
                process = try spawn(
                    "/proc/self/exe", arguments, environment: [],
                    descriptors: [null.number, writing.number, null.number])
            } catch {
                closeDescriptor(output)
                throw error
            }
        }

        func read(into outcome: inout Outcome, _ limit: Int) {
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let number = output
            do throws(Errno) {
                let count = try call {
                    unsafe chunk.withUnsafeMutableBytes {
                        unsafe CLinux.read(number, $0.baseAddress, $0.count)
                    }
                }
                if count == 0 { return outcome.ending = .finished }
                guard outcome.output.count + count <= limit else {
                    return outcome.ending = .wroteTooMuch
                }
                outcome.output += chunk[..<count]
            } catch { outcome.ending = .failed(error) }
        }

        /// Kills it, and reaps it (waitpid(2)) if it ends within 10 ms. A process that is blocked
        /// on a file system that does not respond ends later; once this program has exited, init
        /// reaps it.
        func end() {
            closeDescriptor(output)
            _ = kill(process, SIGKILL)
            for _ in 0..<10 {
                var status: Int32 = 0
                guard unsafe waitpid(process, &status, WNOHANG) == 0 else { return }
                pause(milliseconds: 1)
            }
        }
    }
}
