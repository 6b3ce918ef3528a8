using System.Text.Json;
using OrleansPool.Cli.Connection;

namespace OrleansPool.Cli.Tests.Commands;

/// <summary>A wrong command line is told before anything is begun, with the value and the rule.</summary>
[Collection(ToolFixture.Name)]
public sealed class ArgumentTests(ToolFixture tool)
{
    /// <summary>Every command that does something.</summary>
    public static TheoryData<string> Commands { get; } =
        ["status", "ls", "put", "get", "rm", "lease", "lease take", "lease show", "lease renew", "lease free", "replay", "bench"];

    [Theory]
    [InlineData("nonsense", "'nonsense'")]
    [InlineData("", "command")]
    [InlineData("lease", "command")]
    [InlineData("put", "'put'")]
    [InlineData("put one", "'put'")]
    [InlineData("get one", "'get'")]
    [InlineData("rm", "'rm'")]
    [InlineData("replay", "'replay'")]
    [InlineData("status more", "'more'")]
    [InlineData("status --nonsense", "'--nonsense'")]
    [InlineData("lease take", "'take'")]
    [InlineData("lease take 0", "'0'", "above zero", "64KiB")]
    [InlineData("lease take -- -5", "'-5'", "256MiB")]
    [InlineData("lease take lots", "BYTES", "'lots'", "256MiB")]
    [InlineData("lease take 99999999999999TiB", "'99999999999999TiB'", "256MiB")]
    [InlineData("lease take 4KiB --duration soon", "--duration", "'soon'", "30s")]
    [InlineData("lease take 4KiB --duration 5", "'5'", "ms, s, m, h")]
    [InlineData("lease take 4KiB --duration=-5s", "'-5s'", "30s")]
    [InlineData("lease take 4KiB --duration 0s", "'0s'", "0:00:00.1", "7:0:00:00")]
    [InlineData("lease take 4KiB --duration 169h", "'169h'", "7:0:00:00")]
    [InlineData("lease take 4KiB --pool no/such", "no/such", "ASCII letters")]
    [InlineData("lease take 4KiB --pool nosuch", "'nosuch'", "AddOrleansPool")]
    [InlineData("lease show banana", "TOKEN", "opl_")]
    [InlineData("lease free opl_AQ", "TOKEN", "opl_")]
    [InlineData("bench --bytes 0", "--bytes", "'0'", "above zero")]
    [InlineData("bench --bytes 3GiB", "--bytes", "'3GiB'", "64 MiB")]
    [InlineData("bench --outstanding 0", "--outstanding", "'0'", "1 to 4096")]
    [InlineData("bench --outstanding 4097", "'4097'", "1 to 4096")]
    [InlineData("bench --outstanding many", "'many'", "1 to 4096")]
    [InlineData("bench --reads 1.5", "--reads", "'1.5'", "0 to 1")]
    [InlineData("bench --reads=-0.1", "'-0.1'", "0 to 1")]
    [InlineData("bench --keys hot", "--keys", "'hot'", "uniform", "zipfian")]
    [InlineData("bench --rate 0", "--rate", "'0'", "from 1")]
    [InlineData("bench --rate fast", "--rate", "'fast'", "from 1")]
    [InlineData("bench --duration 0s", "--duration", "'0s'")]
    [InlineData("bench --duration=-1s", "'-1s'")]
    [InlineData("bench --duration 10000h", "'10000h'", "1:0:00:00")]
    [InlineData("replay trace --limit 0", "--limit", "'0'", "from 1")]
    [InlineData("replay trace --limit -3", "'-3'", "from 1")]
    [InlineData("replay trace --limit few", "'few'", "from 1")]
    [InlineData("replay trace --block-bytes 3GiB", "--block-bytes", "'3GiB'", "64 MiB")]
    [InlineData("status --gateway nowhere", "--gateway", "'nowhere'", "127.0.0.1:30000")]
    [InlineData("status --gateway 127.0.0.1", "'127.0.0.1'", "port")]
    [InlineData("status --gateway 127.0.0.1:0", "'127.0.0.1:0'", "port")]
    [InlineData("status --gateway 127.0.0.1:99999", "'127.0.0.1:99999'", "port")]
    [InlineData("status --data-key", "'--data-key'")]
    [InlineData("status --data-authority nowhere.pem", "--data-authority is 'nowhere.pem'", "no such file")]
    [InlineData("status --data-certificate nowhere.pem", "--data-certificate is 'nowhere.pem'", "no such file")]
    [InlineData("status --data-authority /dev/null", "--data-authority is '/dev/null'", "no certificate", "-----BEGIN CERTIFICATE-----")]
    [InlineData("status --data-certificate /dev/null", "--data-certificate is '/dev/null'", "--data-certificate-key")]
    [InlineData("status --data-certificate-key /dev/null", "--data-certificate is not set")]
    public async Task Wrong_arguments_are_told_with_the_value_and_the_rule(string line, params string[] said)
    {
        string[] arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        ToolRun run = await tool.RunAsync(arguments);
        Assert.Equal("", run.AssertFailed(ExitCode.Usage, said).Output);

        ToolRun json = await tool.RunAsync(["--json", .. arguments]);
        JsonElement error = json.AssertFailed(ExitCode.Usage, said).Json();
        Assert.All(said, part => Assert.Contains(part, error.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.Equal(1, json.Output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Wrong_arguments_are_told_with_the_way_to_the_help() =>
        (await tool.RunAsync("lease", "take", "lots")).AssertFailed(ExitCode.Usage, "'orleanspool lease take --help'");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_every_command_contains_an_example(string command)
    {
        ToolRun run = await tool.RunAsync([.. command.Split(' '), "--help"]);

        Assert.Equal((ExitCode.Ok, ""), (run.Code, run.Error));
        Assert.Contains("Example", run.Output, StringComparison.Ordinal);
        Assert.Contains($"orleanspool {command}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_the_whole_names_every_command_and_exit_code()
    {
        ToolRun run = await tool.RunAsync("--help");

        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.All(["status", "ls", "put", "get", "rm", "lease", "replay", "bench", "130 cancelled"], part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gateways_and_cluster_are_those_that_were_given()
    {
        await tool.RunAsync("status", "--gateway", "localhost:30001", "--gateway", "[::1]:30002", "--cluster", "mine");
        Assert.Equal(["127.0.0.1:30001", "[::1]:30002"], tool.Settings!.Gateways.Select(gateway => gateway.ToString()));
        Assert.Equal("mine", tool.Settings.ClusterId);

        await tool.RunAsync("status");
        Assert.Equal(["127.0.0.1:30000"], tool.Settings!.Gateways.Select(gateway => gateway.ToString()));
        Assert.Equal("orleanspool", tool.Settings.ClusterId);
    }

    [Fact]
    public async Task What_the_data_ports_ask_for_is_what_was_given()
    {
        await tool.RunAsync("status");
        Assert.Equal(new DataSettings(), tool.Settings!.Data);

        await tool.RunAsync("status", "--data-key", "a key");
        Assert.Equal(new DataSettings("a key"), tool.Settings!.Data);

        await tool.RunAsync("status", "--data-tls");
        Assert.Equal(new DataSettings(UsesTls: true), tool.Settings!.Data);
    }
}
