using System.Security.Cryptography;
using System.Text.Json;

namespace OrleansPool.Cli.Tests.Commands;

/// <summary>What was put is got back, byte for byte, or not at all.</summary>
[Collection(ToolFixture.Name)]
public sealed class FileTests(ToolFixture tool) : IDisposable
{
    private const int HeaderBytes = 16;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4096 - HeaderBytes)]
    [InlineData(4096 - HeaderBytes + 1)]
    [InlineData(1 << 20)]
    [InlineData((9 << 20) + 12_345)]
    public async Task A_file_comes_back_as_it_was(int count)
    {
        byte[] bytes = await _folder.WriteAsync("file", count);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));

        JsonElement put = await tool.JsonAsync("put", _folder.File("file"), $"file-{count}");
        JsonElement got = await tool.JsonAsync("get", $"file-{count}", _folder.File("copy"));
        await tool.JsonAsync("rm", $"file-{count}");

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder.File("copy")));
        foreach (JsonElement report in new[] { put, got })
        {
            Assert.Equal(count, report.GetProperty("bytes").GetInt64());
            Assert.Equal(sha256, Assert.Single(report.GetProperty("files").EnumerateArray()).GetProperty("sha256").GetString());
        }

        Assert.Equal(["copy", "file"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task A_folder_comes_back_as_it_was(string end)
    {
        string[] names = ["a", "b/c", "b/d/e", "ö 1"];
        foreach (string name in names) await _folder.WriteAsync($"from/{name}", 1000 + name.Length);

        await tool.JsonAsync("put", "--recursive", _folder.File("from") + end, "tree" + end);
        JsonElement listed = await tool.JsonAsync("ls", "tree/");
        await tool.JsonAsync("get", "-r", "tree" + end, _folder.File("to") + end);
        JsonElement removed = await tool.JsonAsync("rm", "--prefix", "tree/");

        string[] regions = [.. names.Select(name => $"tree/{name}")];
        Assert.Equal(regions, listed.GetProperty("regions").EnumerateArray().Select(region => region.GetProperty("name").GetString()));
        Assert.Equal(regions, removed.GetProperty("deleted").EnumerateArray().Select(name => name.GetString()));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(_folder.File($"from/{name}")), File.ReadAllBytes(_folder.File($"to/{name}"))));
        Assert.Empty((await tool.JsonAsync("ls", "tree/")).GetProperty("regions").EnumerateArray());
    }

    [Fact]
    public async Task A_name_that_is_taken_is_kept_unless_forced()
    {
        byte[] first = await _folder.WriteAsync("first", 100);
        byte[] second = await _folder.WriteAsync("second", 50);
        await tool.JsonAsync("put", _folder.File("first"), "taken");

        (await tool.RunAsync("put", _folder.File("second"), "taken")).AssertFailed(ExitCode.Failed, "'taken'", "--force");
        await tool.JsonAsync("get", "taken", _folder.File("copy"));
        Assert.Equal(first, await File.ReadAllBytesAsync(_folder.File("copy")));

        await tool.JsonAsync("put", _folder.File("second"), "taken", "--force");
        await tool.JsonAsync("get", "taken", _folder.File("copy"));
        Assert.Equal(second, await File.ReadAllBytesAsync(_folder.File("copy")));
        await tool.JsonAsync("rm", "taken");
    }

    [Fact]
    public async Task A_name_whose_put_was_cut_short_is_refused_and_leaves_no_file()
    {
        await using (MemoryRegion region = await tool.Fabric.OpenRegionAsync("cut", createBytes: 10_000)) await region.WriteAsync(HeaderBytes, new byte[100]);

        (await tool.RunAsync("get", "cut", _folder.File("copy"))).AssertFailed(ExitCode.Failed, "'cut'", "stopped halfway", "'rm'");

        Assert.Empty(Directory.GetFiles(_folder.Path));
        await tool.JsonAsync("rm", "cut");
    }

    [Fact]
    public async Task A_region_that_claims_more_than_it_has_is_refused()
    {
        await using (MemoryRegion region = await tool.Fabric.OpenRegionAsync("liar", createBytes: 100)) await region.WriteAsync(0, Cli.Files.FileRegion.Header(85));

        (await tool.RunAsync("get", "liar", _folder.File("copy"))).AssertFailed(ExitCode.Failed, "85 bytes", "room for 84");
        await tool.JsonAsync("rm", "liar");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/tmp/x")]
    [InlineData("../to-sibling/x")]
    [InlineData(".")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused(string name)
    {
        await _folder.WriteAsync("file", 10);
        await tool.JsonAsync("put", _folder.File("file"), $"evil/{name}");

        (await tool.RunAsync("get", "--recursive", "evil", _folder.File("to"))).AssertFailed(ExitCode.Failed, $"'{name}'", "leads out");

        Assert.Equal(["file"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        await tool.JsonAsync("rm", $"evil/{name}");
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        (await tool.RunAsync("put", _folder.File("none"), "n")).AssertFailed(ExitCode.Failed, "no file", "none");
        (await tool.RunAsync("put", "-r", _folder.File("none"), "n")).AssertFailed(ExitCode.Failed, "no folder", "none");
        (await tool.RunAsync("put", _folder.Path, "n")).AssertFailed(ExitCode.Failed, "is a folder", "--recursive");
        (await tool.RunAsync("get", "none", _folder.File("copy"))).AssertFailed(ExitCode.Failed, "'none'");
        (await tool.RunAsync("get", "-r", "none", _folder.File("to"))).AssertFailed(ExitCode.Failed, "'none/'");
        (await tool.RunAsync("rm", "none")).AssertFailed(ExitCode.Failed, "'none'", "ls");
        (await tool.RunAsync("put", _folder.File("none"), "")).AssertFailed(ExitCode.Failed, "no file");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_file_that_has_no_room_is_refused_and_leaves_no_region()
    {
        await _folder.WriteAsync("file", 20 * 128);
        (await tool.RunAsync("put", _folder.File("file"), "big", "--pool", ToolFixture.Tiny)).AssertFailed(ExitCode.Full, "'tiny'");
        (await tool.RunAsync("get", "big", _folder.File("copy"))).AssertFailed(ExitCode.Failed, "'big'");
    }

    [Fact]
    public async Task For_a_person_files_are_listed_with_their_hash_and_size()
    {
        byte[] bytes = await _folder.WriteAsync("file", 2048);
        ToolRun put = await tool.RunAsync("put", _folder.File("file"), "said");
        Assert.Contains($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  said  2 KiB", put.Output, StringComparison.Ordinal);
        Assert.Contains("put 1 file(s), 2 KiB", put.Output, StringComparison.Ordinal);
        Assert.Contains("said", (await tool.RunAsync("ls")).Output, StringComparison.Ordinal);
        Assert.Equal("deleted said\n", (await tool.RunAsync("rm", "said")).Output);
    }
}
