// As installed, but for: no editor, no log of its own, the port from outside.
module.exports = {
    uiPort: process.env.PORT,
    uiHost: "127.0.0.1",
    httpAdminRoot: false,
    flowFile: "flows.json",
    diagnostics: { enabled: false },
    logging: { console: { level: "info", metrics: false, audit: false } },
    functionExternalModules: false,
};
