/// Why a subcommand of berth-cgroup failed, in one sentence.
package struct Failure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
