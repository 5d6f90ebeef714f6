using ChatOpsBot.Support;
using Xunit;

namespace ChatOpsBot.Adapters.Tests.YamlFiles.Runbooks;

/// <summary>The JSON schema that editors use, judged by an independent validator (python3-jsonschema), so that it says the same of our files as the loader.</summary>
public sealed class RunbookSchemaTests
{
    private const string Validator = """
        import glob, json, sys, yaml
        from jsonschema import Draft202012Validator as Schema
        schema = json.load(open(sys.argv[1] + '/runbook.schema.json'))
        Schema.check_schema(schema)
        files = [f for f in sorted(glob.glob(sys.argv[1] + '/*/*.yaml')) if not f.endswith('.cases.yaml')]
        for name in files:
            runbook = yaml.safe_load(open(name))
            for error in Schema(schema).iter_errors(runbook):
                print('refused', name, list(error.absolute_path), error.message[:200])
            if not list(Schema(schema).iter_errors(runbook | {'script': 'rm -rf /'})):
                print('an unknown key passes', name)
            for key in ['title', 'consequence']:
                if not list(Schema(schema).iter_errors({k: v for k, v in runbook.items() if k != key})):
                    print('passes without', key, name)
        print(len(files))
        """;

    [Fact]
    public async Task Schema_EveryRunbook_IsAcceptedAndABrokenOneIsNot()
    {
        var python = await Programs.RunAsync(["sh", "-c", "python3 -c 'import jsonschema, yaml'"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.SkipUnless(python.ExitCode == 0, "needs python3-jsonschema and python3-yaml");
        var folder = RepositoryFiles.At("runbooks");

        var said = (await Programs.RunAsync(["python3", "-c", Validator, folder], cancellationToken: TestContext.Current.CancellationToken)).Expect();

        var count = Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories).Count(file => !file.EndsWith(".cases.yaml", StringComparison.Ordinal));
        Assert.True(count > 30);
        Assert.Equal($"{count}\n", said);
    }
}
