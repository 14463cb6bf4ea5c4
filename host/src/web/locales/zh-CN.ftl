# A catalogue; see en.ftl.
