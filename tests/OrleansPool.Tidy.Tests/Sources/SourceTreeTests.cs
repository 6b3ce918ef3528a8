namespace OrleansPool.Tidy.Tests.Sources;

/// <summary>Rules over files that were not found would hold and say nothing.</summary>
public sealed class SourceTreeTests
{
    [Fact]
    public void The_tree_is_seen_whole()
    {
        Assert.True(SourceTree.Files.Count(file => file.IsCode) > 250, "too few files of code");
        Assert.True(SourceTree.Projects.Count > 10, "too few projects");
        Assert.All(SourceTree.Files, file => Assert.False(file.IsCode && string.IsNullOrWhiteSpace(file.Code), file.Path));
        string[] expected =
        [
            "OrleansPool.sln", ".globalconfig", ".ci/run", "tests/run.sh", "silo/Program.cs", "src/OrleansPool.Core/Arenas/Arena.cs",
            "src/OrleansPool.Core/PublicAPI.Unshipped.txt", "tests/OrleansPool.Tidy.Tests/packages.lock.json",
        ];
        Assert.Empty(expected.Except(SourceTree.Files.Where(file => file.Text.Length > 0).Select(file => file.Path)));
    }

    [Fact]
    public void What_is_built_is_not_seen() =>
        Assert.DoesNotContain(SourceTree.Files, file => file.Path.Split('/') is var parts && (parts.Contains("bin") || parts.Contains("obj") || parts[0] == ".git"));
}
