using System.Text.RegularExpressions;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests.Rules;

/// <summary>What code must not say.</summary>
internal static partial class CodeRules
{
    private static readonly string[] HomesOfUnsafe = ["src/OrleansPool.Core/Arenas", "src/OrleansPool.Core/Wire", "tests"];

    [GeneratedRegex("""\bunsafe\b""")]
    private static partial Regex Unsafe { get; }

    [GeneratedRegex("""\b(?:TODO|FIXME|HACK|XXX)\b""")]
    private static partial Regex Unfinished { get; }

    [GeneratedRegex("""\bNotImplementedException\b""")]
    private static partial Regex NotImplemented { get; }

    [GeneratedRegex("""\bThread\s*\.\s*Sleep\b""")]
    private static partial Regex Sleep { get; }

    [GeneratedRegex("""\bConfigureAwait\s*\(\s*(continueOnCapturedContext:\s*)?false\s*\)""")]
    private static partial Regex LeavesContext { get; }

    [GeneratedRegex("""\bDateTime(?:Offset)?\s*\.\s*(?:UtcNow|Now|Today)\b""")]
    private static partial Regex WallClock { get; }

    [GeneratedRegex("""\bcatch\b\s*(?:when\s*)?(?:\([^{};]*\)\s*)?\{\s*\}""")]
    private static partial Regex EmptyCatch { get; }

    [GeneratedRegex("""\bSkip\s*=\s*(?:"\s*"|null\b|string\.Empty\b)""")]
    private static partial Regex SkipWithoutReason { get; }

    public static IEnumerable<Violation> UnsafeHomes(IEnumerable<SourceFile> files, IEnumerable<ProjectFile> projects) =>
    [
        .. from file in files
           where file.IsCode && !HomesOfUnsafe.Any(file.IsIn)
           from violation in file.WhereCode(Unsafe, $"raw memory is touched only in {string.Join(", ", HomesOfUnsafe)}")
           select violation,
        .. from project in projects
           where project.Ships && project.Name != "OrleansPool.Core"
           from item in project.Items("AllowUnsafeBlocks")
           select new Violation(project.File.Path, item.Line, "of what ships, only OrleansPool.Core has raw memory"),
    ];

    /// <remarks>The hashes of a lock file may spell anything.</remarks>
    public static IEnumerable<Violation> UnfinishedWork(IEnumerable<SourceFile> files) =>
        from file in files
        where !file.IsRule && file.Name != "packages.lock.json"
        from violation in file.WhereText(Unfinished, "finish it, or write down what is missing where the design is")
            .Concat(file.IsCode ? file.WhereCode(NotImplemented, "finish it") : [])
        select violation;

    public static IEnumerable<Violation> Sleeps(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode
        from violation in file.WhereCode(Sleep, "wait for what happens, not for time")
        select violation;

    /// <summary>Grains call everything in the server. What leaves a grain's scheduler runs beside its turns.</summary>
    public static IEnumerable<Violation> GrainContext(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && file.IsIn("src/OrleansPool.Server")
        from violation in file.WhereCode(LeavesContext, "a grain's code stays on the grain's scheduler")
        select violation;

    public static IEnumerable<Violation> Clocks(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && !file.IsTest
        from violation in file.WhereCode(WallClock, "time is passed in")
        select violation;

    /// <remarks>Read in the text, where a comment between the braces counts.</remarks>
    public static IEnumerable<Violation> EmptyCatches(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && !file.IsRule
        from violation in file.WhereText(EmptyCatch, "say why nothing is to be done")
        select violation;

    public static IEnumerable<Violation> Skips(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCode && file.IsTest && !file.IsRule
        from violation in file.WhereText(SkipWithoutReason, "a test that does not run says why")
        select violation;
}
