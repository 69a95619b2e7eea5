DROP TABLE visitors, devices;
