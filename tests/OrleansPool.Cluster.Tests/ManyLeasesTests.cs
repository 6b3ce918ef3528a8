using System.Text.Json;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

public sealed class ManyLeasesTests
{
    [Fact]
    public async Task A_million_leases_taken_and_expired_leave_the_process_as_it_was()
    {
        string file = Path.GetTempFileName();
        try
        {
            await using ChildProcess program = await ChildProcess.RunAsync("dotnet", Repository.Benchmarks, "leases", "--json", file);

            Assert.True(await program.ExitCodeAsync() == 0, program.Errors);
            JsonElement[] rows = [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonDocument.Parse(line).RootElement)];
            Assert.Equal(2, rows.Length);
            Assert.All(rows, row => Assert.True(row.GetProperty("met").GetBoolean(), program.Output));
            TestContext.Current.SendDiagnosticMessage(program.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
