using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class CodeTests
{
    [Fact]
    public void Raw_memory_has_two_homes() => Rule.Holds(CodeRules.UnsafeHomes(SourceTree.Files, SourceTree.Projects));

    [Fact]
    public void Raw_memory_elsewhere_is_found() =>
        Rule.Finds(
            CodeRules.UnsafeHomes(
                [
                    new("src/OrleansPool.Core/Arenas/A.cs", "unsafe"),
                    new("src/OrleansPool.Core/Wire/B.cs", "unsafe"),
                    new("tests/OrleansPool.Core.Tests/C.cs", "unsafe"),
                    new("src/OrleansPool.Core/Segments/D.cs", "// unsafe\nstring s = \"unsafe\";\nstatic unsafe void M();"),
                ],
                [
                    new(new("src/OrleansPool.Core/OrleansPool.Core.csproj", "<Project><AllowUnsafeBlocks>true</AllowUnsafeBlocks></Project>")),
                    new(new("src/OrleansPool.Server/OrleansPool.Server.csproj", "<Project>\n<AllowUnsafeBlocks>true</AllowUnsafeBlocks></Project>")),
                ]),
            "src/OrleansPool.Core/Segments/D.cs:3",
            "src/OrleansPool.Server/OrleansPool.Server.csproj:2");

    [Fact]
    public void Nothing_is_left_to_be_finished() => Rule.Holds(CodeRules.UnfinishedWork(SourceTree.Files));

    [Fact]
    public void Unfinished_work_is_found() =>
        Rule.Finds(
            CodeRules.UnfinishedWork(
            [
                new("A.cs", "\n// TODO: later"), new("B.md", "FIXME"), new("C.yml", "# HACK"),
                new("D.cs", "throw new NotImplementedException();"), new("E.cs", "// HACKING, see NotImplementedException"),
                new("src/A/packages.lock.json", "TODO"),
            ]),
            "A.cs:2",
            "B.md:1",
            "C.yml:1",
            "D.cs:1");

    [Fact]
    public void Nobody_sleeps() => Rule.Holds(CodeRules.Sleeps(SourceTree.Files));

    [Fact]
    public void A_sleep_is_found() =>
        Rule.Finds(CodeRules.Sleeps([new("A.cs", "System.Threading.Thread.Sleep(1);"), new("B.cs", "// Thread.Sleep(1)")]), "A.cs:1");

    [Fact]
    public void Code_of_grains_stays_on_their_scheduler() => Rule.Holds(CodeRules.GrainContext(SourceTree.Files));

    [Fact]
    public void Code_that_leaves_a_grain_s_scheduler_is_found() =>
        Rule.Finds(
            CodeRules.GrainContext(
            [
                new("src/OrleansPool.Server/Grains/A.cs", "await b\n    .ConfigureAwait(false);"),
                new("src/OrleansPool.Server/Grains/B.cs", "await b.ConfigureAwait(true);"),
            ]),
            "src/OrleansPool.Server/Grains/A.cs:2");

    [Fact]
    public void Time_is_passed_in() => Rule.Holds(CodeRules.Clocks(SourceTree.Files));

    [Fact]
    public void A_clock_on_the_wall_is_found() =>
        Rule.Finds(
            CodeRules.Clocks(
            [
                new("src/A/A.cs", "var a = DateTime.Now;\nvar b = $\"it is {DateTimeOffset.UtcNow.ToString(\"o\")}\";\nvar c = \"DateTime.Now\";"),
                new("tests/A.Tests/A.cs", "DateTime.UtcNow"),
            ]),
            "src/A/A.cs:1",
            "src/A/A.cs:2");

    [Fact]
    public void What_is_caught_and_dropped_is_dropped_for_a_reason() => Rule.Holds(CodeRules.EmptyCatches(SourceTree.Files));

    [Fact]
    public void A_silent_catch_is_found() =>
        Rule.Finds(
            CodeRules.EmptyCatches(
            [
                new("A.cs", "try { } catch { }"),
                new("B.cs", "try { }\ncatch (Exception e) when (e is A or B)\n{\n}"),
                new("C.cs", "try { } catch (A) { /* it is gone already */ }"),
                new("D.cs", "try { } catch (A)\n{\n    // It is gone already.\n}"),
            ]),
            "A.cs:1",
            "B.cs:2");

    [Fact]
    public void A_test_that_does_not_run_says_why() => Rule.Holds(CodeRules.Skips(SourceTree.Files));

    [Fact]
    public void A_skip_without_a_reason_is_found() =>
        Rule.Finds(
            CodeRules.Skips(
            [
                new("tests/A.Tests/A.cs", "[Fact(Skip = \"\")]"), new("tests/A.Tests/B.cs", "[Fact(Skip = \" \")]"),
                new("tests/A.Tests/C.cs", "[Fact(Skip = \"Needs two machines.\")]"),
            ]),
            "tests/A.Tests/A.cs:1",
            "tests/A.Tests/B.cs:1");
}
