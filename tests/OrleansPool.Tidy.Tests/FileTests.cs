using OrleansPool.Tidy.Tests.Rules;
using OrleansPool.Tidy.Tests.Sources;

namespace OrleansPool.Tidy.Tests;

public sealed class FileTests
{
    [Fact]
    public void No_file_is_long() => Rule.Holds(FileRules.Sizes(SourceTree.Files));

    [Fact]
    public void A_long_file_is_found() => Rule.Finds(FileRules.Sizes([Lines("A.cs", 450), Lines("B.cs", 451), Lines("C.md", 451)]), "B.cs");

    [Fact]
    public void Most_files_are_short() => Rule.Holds(FileRules.MostSizes(SourceTree.Files));

    [Fact]
    public void Too_many_files_that_are_not_short_are_found()
    {
        SourceFile[] files = [.. Enumerable.Range(0, 18).Select(i => Lines($"{i}.cs", 250)), Lines("A.cs", 251), Lines("B.cs", 251)];
        Rule.Finds(FileRules.MostSizes(files));
        Rule.Finds(FileRules.MostSizes(files[1..]), "A.cs", "B.cs");
    }

    [Fact]
    public void A_file_has_one_public_type_and_its_name() => Rule.Holds(FileRules.Types(SourceTree.Files));

    [Fact]
    public void A_second_public_type_and_a_wrong_name_are_found() =>
        Rule.Finds(
            FileRules.Types(
            [
                new("Good.cs", "internal enum Beside { }\n[X]\npublic sealed class Good<T>\n{\n    public class Inner;\n}"),
                new("Good.Log.cs", "internal sealed partial class Good;"),
                new("Call.cs", "public delegate Task<int> Call<T>(int a);"),
                new("Row.cs", "public readonly record struct Row(int A);"),
                new("Program.cs", "return 0;"),
                new("Two.cs", "public class Two;\npublic interface ITwo;"),
                new("Wrong.cs", "public record class Right;\ninternal class Wrong;"),
                new("Empty.cs", "// class Empty"),
                new("Good.Part.cs", "internal partial class Good;"),
            ]),
            "Empty.cs",
            "Good.Part.cs",
            "Two.cs:2",
            "Wrong.cs");

    [Fact]
    public void Every_name_says_what_is_inside() => Rule.Holds(FileRules.Names(SourceTree.Files));

    [Fact]
    public void A_name_that_says_nothing_is_found() =>
        Rule.Finds(
            FileRules.Names(
            [
                new("src/A/Common/B.cs", ""), new("src/A/StringUtils.cs", ""), new("src/OrleansPool.Helpers/A.cs", ""), new("src/LeaseManager.cs", ""),
                new("tests/misc/a.txt", ""), new("src/Utilisation.cs", ""), new("src/Miscount.cs", ""), new("src/MemoryHelp.cs", ""),
            ]),
            "src/A/Common/B.cs",
            "src/A/StringUtils.cs",
            "src/LeaseManager.cs",
            "src/OrleansPool.Helpers/A.cs",
            "tests/misc/a.txt");

    private static SourceFile Lines(string path, int count) => new(path, new('\n', count));
}
