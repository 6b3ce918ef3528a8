using OrleansPool.Simulation.Histories;
using OrleansPool.Simulation.Linearizability;

namespace OrleansPool.Simulation.Tests.Histories;

public sealed class RecordedHistoriesTests
{
    [Fact]
    public void Every_verdict_on_a_recorded_history_is_the_known_one()
    {
        string? folder = Folder();
        if (folder is null) Assert.Skip("The folder ../shared/data/histories is missing beside the repository.");
        string[] verdicts = File.ReadAllLines(Path.Combine(folder, "verdicts.txt"));
        Assert.Equal(64, verdicts.Length);
        foreach (string verdict in verdicts)
        {
            string[] words = verdict.Split(' ');
            CheckResult result = HistoryFile.Check(Path.Combine(folder, words[0]), CheckBudget.Default);
            Assert.Equal((words[0], words[1] == "linearizable" ? Verdict.Linearizable : Verdict.NotLinearizable), (words[0], result.Verdict));
        }
    }

    private static string? Folder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansPool.sln"))) folder = folder.Parent;
        string histories = Path.Combine(folder!.Parent!.FullName, "shared/data/histories");
        return Directory.Exists(histories) ? histories : null;
    }
}
